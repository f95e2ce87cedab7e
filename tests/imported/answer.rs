//! What a port answers, as far as it is the program's own word: what the way there adds is left out.

use std::io::{self, Write};
use std::net::{IpAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::engine::reply::Reply;
use crate::engine::town::{MACHINE, Town};

/// How long a program may take to its first answer: some wait for a database that is made meanwhile.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// What is asked for; every stand-in answers all of them.
pub const PATHS: &[&str] = &["/some/page?with=query", "/api/items/1?with=query"];

/// Status and words of a program, without the headers that reached it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP's.
    pub status: u16,
    /// Method, path, size and what the program says of itself; or the whole body of one that is no stand-in.
    pub words: String,
}

impl Answer {
    /// The program's word in a reply.
    pub fn of(reply: &Reply) -> Self {
        let words = match serde_json::from_slice::<Value>(&reply.body) {
            Ok(Value::Object(mut seen)) => {
                seen.remove("headers");
                Value::Object(seen).to_string()
            }
            _ => String::from_utf8_lossy(&reply.body).into_owned(),
        };
        Self { status: reply.status, words }
    }

    /// What a published port of the machine answers to somebody in the street, without TLS.
    pub fn at(town: &Town, port: u16, path: &str) -> io::Result<Self> {
        Self::over(town.in_street(|| TcpStream::connect((MACHINE, port)))?, path)
    }

    /// What a container answers to a proxy of the machine's own.
    pub fn inside(town: &Town, address: IpAddr, port: u16, path: &str) -> io::Result<Self> {
        Self::over(town.in_machine(|| TcpStream::connect((address, port)))?, path)
    }

    fn over(mut wire: TcpStream, path: &str) -> io::Result<Self> {
        wire.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        wire.write_all(request.as_bytes())?;
        Reply::read(&mut wire, "GET").map(|reply| Self::of(&reply))
    }
}

/// Asks again until the answer is the wanted one or the time is over; the last answer.
pub fn settled<T>(patience: Duration, ask: impl Fn() -> T, wanted: impl Fn(&T) -> bool) -> T {
    let begun = Instant::now();
    loop {
        let answer = ask();
        if wanted(&answer) || begun.elapsed() > patience {
            return answer;
        }
        thread::sleep(Duration::from_millis(500));
    }
}
