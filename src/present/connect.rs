//! How other programs open a case: code to paste, with the path quoted for each language.

use std::io::{self, Write};

use super::{escape, quote};

/// A program that opens a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// DuckDB's own command line.
    DuckDb,
    /// Any open DuckDB client.
    Attach,
    /// Python's `duckdb`.
    Python,
    /// Python's `pyarrow`, through `duckdb`.
    Pyarrow,
    /// R's `duckdb`.
    R,
    /// Node's `@duckdb/node-api`.
    Node,
    /// Java.
    Jdbc,
    /// `DBeaver`.
    DBeaver,
    /// `Harlequin`, in the terminal.
    Harlequin,
    /// `JupySQL`, in a notebook.
    JupySql,
    /// Python's `ibis`.
    Ibis,
    /// `dbt`, through `dbt-duckdb`.
    Dbt,
    /// `Grafana`, with `MotherDuck`'s data source.
    Grafana,
    /// An assistant that speaks the Model Context Protocol.
    Mcp,
}

/// A query to start with.
const ASK: &str = "FROM timeline WHERE class = 'click' ORDER BY time, id LIMIT 20";

impl Client {
    /// All clients, in display order.
    pub const ALL: [Self; 14] = [
        Self::DuckDb,
        Self::Attach,
        Self::Python,
        Self::Pyarrow,
        Self::R,
        Self::Node,
        Self::Jdbc,
        Self::DBeaver,
        Self::Harlequin,
        Self::JupySql,
        Self::Ibis,
        Self::Dbt,
        Self::Grafana,
        Self::Mcp,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DuckDb => "duckdb",
            Self::Attach => "attach",
            Self::Python => "python",
            Self::Pyarrow => "pyarrow",
            Self::R => "r",
            Self::Node => "node",
            Self::Jdbc => "jdbc",
            Self::DBeaver => "dbeaver",
            Self::Harlequin => "harlequin",
            Self::JupySql => "jupysql",
            Self::Ibis => "ibis",
            Self::Dbt => "dbt",
            Self::Grafana => "grafana",
            Self::Mcp => "mcp",
        }
    }

    /// The client with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|client| client.as_str() == name)
    }

    const fn title(self) -> &'static str {
        match self {
            Self::DuckDb => "DuckDB CLI",
            Self::Attach => "Any DuckDB client, in SQL",
            Self::Python => "Python: pip install duckdb",
            Self::Pyarrow => "Python with Arrow: pip install duckdb pyarrow",
            Self::R => "R: install.packages(\"duckdb\")",
            Self::Node => "Node: npm install @duckdb/node-api",
            Self::Jdbc => "Java: org.duckdb:duckdb_jdbc",
            Self::DBeaver => "DBeaver: new DuckDB connection",
            Self::Harlequin => "Harlequin: pip install harlequin",
            Self::JupySql => "JupySQL, in a notebook: pip install jupysql duckdb",
            Self::Ibis => "ibis: pip install 'ibis-framework[duckdb]'",
            Self::Dbt => "dbt: pip install \"dbt-core<2\" dbt-duckdb; profiles.yml",
            Self::Grafana => {
                "Grafana: data source motherduck-duckdb-datasource; provisioning/datasources/cartographer.yml"
            }
            Self::Mcp => "An assistant that supports MCP: mcpServers in its configuration; see docs/mcp.md",
        }
    }

    /// The comment prefix of the client's language.
    const fn remark(self) -> &'static str {
        match self {
            Self::Attach => "--",
            Self::Node | Self::Jdbc | Self::Mcp => "//",
            _ => "#",
        }
    }

    fn lines(self, path: &str) -> Vec<String> {
        match self {
            Self::DuckDb => vec![format!("duckdb -readonly {}", quote::shell(path))],
            Self::Attach => attach(path),
            Self::Python => python(path, format!("case.sql(\"{ASK}\").show()")),
            Self::Pyarrow => python(path, "signals = case.sql(\"FROM signals\").to_arrow_table()".into()),
            Self::R => r(path),
            Self::Node => node(path),
            Self::Jdbc => java(path),
            Self::DBeaver => {
                vec![format!("Path: {}", escape::terminal(path)), "Driver properties: duckdb.read_only = true".into()]
            }
            Self::Harlequin => vec![format!("harlequin --read-only {}", quote::shell(path))],
            Self::JupySql => jupysql(path),
            Self::Ibis => ibis(path),
            Self::Dbt => dbt(path),
            Self::Grafana => grafana(path),
            Self::Mcp => {
                let arguments = format!("[\"mcp\", \"--db\", {}]", quote::json(path));
                vec![format!(
                    "{{ \"mcpServers\": {{ \"case\": {{ \"command\": \"cartographer\", \"args\": {arguments} }} }} }}"
                )]
            }
        }
    }
}

fn attach(path: &str) -> Vec<String> {
    let Some(path) = quote::sql(path) else {
        return vec!["-- The path of this case cannot be written in SQL; rename the file.".into()];
    };
    vec![format!("ATTACH {path} AS cartographed (READ_ONLY);"), "USE cartographed;".into(), format!("{ASK};")]
}

fn python(path: &str, ask: String) -> Vec<String> {
    let open = format!("case = duckdb.connect({}, read_only=True)", quote::string(path));
    vec!["import duckdb".into(), open, ask]
}

fn jupysql(path: &str) -> Vec<String> {
    vec![
        "import duckdb".into(),
        format!("case = duckdb.connect({}, read_only=True)", quote::string(path)),
        "%load_ext sql".into(),
        "%sql case --alias case".into(),
        format!("%sql {ASK}"),
    ]
}

fn ibis(path: &str) -> Vec<String> {
    vec![
        "import ibis".into(),
        format!("case = ibis.duckdb.connect({}, read_only=True)", quote::string(path)),
        "timeline = case.table(\"timeline\")".into(),
        "timeline.filter(timeline[\"class\"] == \"click\").order_by(\"time\", \"id\").limit(20).to_pandas()".into(),
    ]
}

/// dbt's models go into a separate file, next to the case.
fn dbt(path: &str) -> Vec<String> {
    vec![
        "cartographer:".into(),
        "  target: dev".into(),
        "  outputs:".into(),
        "    dev:".into(),
        "      type: duckdb".into(),
        "      path: models.duckdb".into(),
        "      attach:".into(),
        format!("        - path: {}", quote::string(path)),
        "          alias: cartographed".into(),
        "          read_only: true".into(),
    ]
}

fn grafana(path: &str) -> Vec<String> {
    let Some(attached) = quote::sql(path) else {
        return vec!["# The path of this case cannot be written in SQL; rename the file.".into()];
    };
    let attach = format!("ATTACH IF NOT EXISTS {attached} AS cartographed (READ_ONLY); USE cartographed;");
    vec![
        "apiVersion: 1".into(),
        "datasources:".into(),
        "  - name: cartographer".into(),
        "    type: motherduck-duckdb-datasource".into(),
        "    jsonData:".into(),
        format!("      initSql: {}", quote::string(&attach)),
    ]
}

fn r(path: &str) -> Vec<String> {
    let path = quote::string(path);
    vec![
        format!("case <- DBI::dbConnect(duckdb::duckdb(), dbdir = {path}, read_only = TRUE)"),
        format!("DBI::dbGetQuery(case, \"{ASK}\")"),
    ]
}

fn node(path: &str) -> Vec<String> {
    let path = quote::script(path);
    vec![
        "const { DuckDBInstance } = require(\"@duckdb/node-api\");".into(),
        format!("DuckDBInstance.create({path}, {{ access_mode: \"READ_ONLY\" }})"),
        "  .then((file) => file.connect())".into(),
        format!("  .then((open) => open.runAndReadAll(\"{ASK}\"))"),
        "  .then((answer) => console.table(answer.getRowObjectsJson()));".into(),
    ]
}

fn java(path: &str) -> Vec<String> {
    let url = quote::java(&format!("jdbc:duckdb:{path}"));
    vec![
        "java.util.Properties properties = new java.util.Properties();".into(),
        "properties.setProperty(\"duckdb.read_only\", \"true\");".into(),
        format!("java.sql.Connection open = java.sql.DriverManager.getConnection({url}, properties);"),
    ]
}

/// Writes how a client opens the case at an absolute path.
///
/// # Errors
/// If the writer fails.
pub fn connect(out: &mut impl Write, client: Client, path: &str) -> io::Result<()> {
    writeln!(out, "{} {}", client.remark(), client.title())?;
    client.lines(path).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    writeln!(out)
}
