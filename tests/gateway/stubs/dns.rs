//! Docker's embedded resolver: A records with its TTL of 600, on 127.0.0.11.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

const A: u16 = 1;

/// The names and what was asked.
pub struct Dns(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    names: BTreeMap<String, Vec<Ipv4Addr>>,
    silent: bool,
    asked: Vec<(String, u16)>,
}

impl Dns {
    /// Answers from now on, for as long as the process lives.
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let socket = UdpSocket::bind("127.0.0.11:53").expect("the resolver's port");
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            let mut packet = [0; 512];
            while let Ok((length, client)) = socket.recv_from(&mut packet) {
                if let Some(answer) = shared.lock().expect("names").answer(&packet[..length]) {
                    socket.send_to(&answer, client).ok();
                }
            }
        });
        Self(state)
    }

    /// Gives a name its addresses; none at all: the name does not exist.
    pub fn set(&self, name: &str, addresses: &[Ipv4Addr]) {
        self.0.lock().expect("names").names.insert(name.to_owned(), addresses.to_vec());
    }

    /// Stops answering, or begins again.
    pub fn silence(&self, silent: bool) {
        self.0.lock().expect("names").silent = silent;
    }

    /// The names asked for since [`Dns::forget`], each with the record type.
    pub fn asked(&self) -> Vec<(String, u16)> {
        self.0.lock().expect("names").asked.clone()
    }

    /// Forgets what was asked.
    pub fn forget(&self) {
        self.0.lock().expect("names").asked.clear();
    }
}

impl State {
    /// RFC 1035: header of 12 bytes, the question as it came, one answer per address.
    fn answer(&mut self, question: &[u8]) -> Option<Vec<u8>> {
        let (name, end) = question_name(question)?;
        let kind = u16::from_be_bytes(question.get(end..end + 2)?.try_into().ok()?);
        self.asked.push((name.clone(), kind));
        if self.silent {
            return None;
        }
        let known = self.names.get(&name).filter(|addresses| !addresses.is_empty());
        let addresses = known.filter(|_| kind == A).cloned().unwrap_or_default();
        let code = if known.is_some() { 0 } else { 3 };
        let mut answer = question.get(..2)?.to_vec();
        answer.extend([
            0x81,
            0x80 | code,
            0,
            1,
            0,
            u8::try_from(addresses.len()).ok()?,
            0,
            0,
            0,
            0,
        ]);
        answer.extend(question.get(12..end + 4)?);
        for address in addresses {
            answer.extend([0xc0, 12, 0, 1, 0, 1]);
            answer.extend(600_u32.to_be_bytes());
            answer.extend([0, 4]);
            answer.extend(address.octets());
        }
        Some(answer)
    }
}

/// The name asked for and where the question's type begins.
fn question_name(packet: &[u8]) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    let mut at = 12;
    loop {
        let length = usize::from(*packet.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        labels.push(String::from_utf8_lossy(packet.get(at..at + length)?).to_lowercase());
        at += length;
    }
}
