//! A bounded pool of connections to a case. DuckDB blocks, so each connection works on its own thread; a query whose
//! client has disconnected is stopped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{AbortHandle, JoinHandle, spawn_blocking};
use tokio::time::{sleep, timeout};

use super::ServeError;
use crate::store::{Case, Interrupter};

/// A new statement clears an earlier interrupt, so interrupts are repeated until the work has ended.
const AGAIN: Duration = Duration::from_millis(20);

/// An open case, and the maximum number of concurrent connections to it.
#[derive(Debug)]
pub(super) struct Pool {
    case: Mutex<Case>,
    queue: Queue,
    limit: Duration,
}

/// Work that is in progress or waits for its turn; further work is refused.
#[derive(Debug)]
pub(super) struct Queue {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// A place in the queue whose turn has come.
#[derive(Debug)]
pub(super) struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Queue {
    /// `size` turns at the same time, and places for `waiting` more.
    pub(super) fn new(size: usize, waiting: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(size)), places: Arc::new(Semaphore::new(size + waiting)) }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`ServeError::Busy`] if too many are already waiting.
    pub(super) async fn turn(&self) -> Result<Turn, ServeError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| ServeError::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| ServeError::BrokenOff)?;
        Ok(Turn { _turn: turn, _place: place })
    }
}

/// Stops a connection's work when dropped, if the work has not ended by then.
#[derive(Debug)]
pub(super) struct InterruptOnDrop {
    interrupter: Interrupter,
    task: AbortHandle,
}

/// Retires an interrupter when dropped.
struct RetireOnDrop(Interrupter);

impl Drop for RetireOnDrop {
    fn drop(&mut self) {
        self.0.retire();
    }
}

/// Work that has begun.
#[derive(Debug)]
pub(super) struct StartedQuery<T> {
    /// Its end.
    pub(super) task: JoinHandle<Result<T, ServeError>>,
    /// Stops it.
    pub(super) watch: InterruptOnDrop,
}

impl Pool {
    /// Connections as the queue admits them, each for `limit` at most.
    pub(super) fn new(case: Case, queue: Queue, limit: Duration) -> Self {
        Self { case: Mutex::new(case), queue, limit }
    }

    /// Waits for a free slot, runs `work` on a new connection, and returns its result.
    ///
    /// # Errors
    /// The error of `work`, [`ServeError::TimedOut`] or [`ServeError::Busy`]. If this future is dropped, the work is also
    /// stopped.
    pub(super) async fn run<T, W>(&self, work: W) -> Result<T, ServeError>
    where
        T: Send + 'static,
        W: FnOnce(&Case) -> Result<T, ServeError> + Send + 'static,
    {
        let done = timeout(self.limit, async {
            let StartedQuery { task, watch } = self.begin(work).await?;
            let done = task.await;
            drop(watch);
            done.unwrap_or(Err(ServeError::BrokenOff))
        });
        done.await.unwrap_or_else(|_| Err(ServeError::TimedOut(self.limit.as_secs())))
    }

    /// Waits for a free slot, and starts `work` on a new connection.
    ///
    /// # Errors
    /// If no connection can be made, or [`ServeError::Busy`].
    pub(super) async fn begin<T, W>(&self, work: W) -> Result<StartedQuery<T>, ServeError>
    where
        T: Send + 'static,
        W: FnOnce(&Case) -> Result<T, ServeError> + Send + 'static,
    {
        let turn = self.queue.turn().await?;
        let case = self.case.lock().unwrap_or_else(PoisonError::into_inner).another()?;
        let interrupter = case.interrupter();
        // Dropped before the connection, which the closure holds.
        let retiring = RetireOnDrop(interrupter.clone());
        let task = spawn_blocking(move || {
            let _retiring = retiring;
            done(&case, turn, work)
        });
        let watch = InterruptOnDrop { interrupter, task: task.abort_handle() };
        Ok(StartedQuery { task, watch })
    }
}

/// Does the work, and then gives the turn back, even if the client has disconnected in the meantime.
fn done<T>(case: &Case, turn: Turn, work: impl FnOnce(&Case) -> Result<T, ServeError>) -> Result<T, ServeError> {
    let done = work(case);
    drop(turn);
    done
}

impl Drop for InterruptOnDrop {
    fn drop(&mut self) {
        if self.task.is_finished() {
            return;
        }
        self.interrupter.interrupt();
        let (interrupter, task) = (self.interrupter.clone(), self.task.clone());
        // When the program ends, there is no runtime to continue in, and no need to.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                while !task.is_finished() {
                    interrupter.interrupt();
                    sleep(AGAIN).await;
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn requests_beyond_queue_limit_are_rejected() {
        let queue = Queue::new(1, 1);
        let first = queue.turn().now_or_never().unwrap().unwrap();
        let mut second = Box::pin(queue.turn());
        assert!((&mut second).now_or_never().is_none());
        assert!(matches!(queue.turn().now_or_never(), Some(Err(ServeError::Busy))));
        drop(first);
        assert!(second.now_or_never().unwrap().is_ok());
        assert!(queue.turn().now_or_never().unwrap().is_ok());
    }
}
