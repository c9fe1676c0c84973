//! Connections: how many may be open at the same time, and how long a slow client may take.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::spawn;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

/// The maximum number of connections at the same time.
const CONNECTIONS: usize = 256;

/// The time that a client has to send the head of a request, including on a connection that is kept open for the next
/// request.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// The longest time that a client may read nothing of a response.
const STALL: Duration = Duration::from_secs(30);

/// The maximum number of refused connections that get a response at the same time, and the maximum time for it.
const REFUSALS: usize = 64;
const REFUSAL_TIME: Duration = Duration::from_secs(2);

/// The pause after an error of the system, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// The response to a connection beyond the maximum.
const FULL: &str = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n\
    Connection: close\r\nContent-Length: 104\r\n\r\n\
    {\"error\":\"the server has too many connections\",\"advice\":\"Close other connections, and try again later.\"}";

/// Answers every client, until the future is dropped.
pub(super) async fn answer(listener: TcpListener, router: Router) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                if !matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
                    sleep(PAUSE).await;
                }
                continue;
            }
        };
        let Ok(place) = Arc::clone(&free).try_acquire_owned() else {
            if let Ok(place) = Arc::clone(&refusals).try_acquire_owned() {
                spawn(async move {
                    drop(timeout(REFUSAL_TIME, refuse(stream)).await);
                    drop(place);
                });
            }
            continue;
        };
        let router = router.clone();
        spawn(async move {
            converse(stream, router).await;
            drop(place);
        });
    }
}

/// Tells a client that there are too many connections. What the client sent is read, because the system discards a response
/// if the connection is closed with unread data.
async fn refuse(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(FULL.as_bytes()).await?;
    stream.shutdown().await?;
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    Ok(())
}

/// Answers the requests of one connection.
async fn converse(stream: TcpStream, router: Router) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STALL));
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    // A client that disconnected or was too slow gets no response.
    drop(connection.await);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_response_has_correct_content_length() {
        let (head, body) = FULL.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("Content-Length: {}", body.len())), "{}", body.len());
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok());
    }
}
