//! An LDAP server within the test process: behaves as a domain controller does, or as badly as a test wants.
//!
//! A script answers every request with [`Step`]s; [`Directory`] answers as AD would. Messages are decoded with the parser
//! of ldap3 and written by hand, since most tests are about bytes that no library writes.
#![allow(dead_code, clippy::unwrap_used)] // every test binary uses its part; a test that cannot go on may stop

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ldap3::asn1::{PL, StructureTag, parse_tag};

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    Bind { id: u32, name: String, password: Option<Vec<u8>>, mechanism: Option<String> },
    Search(Search),
    Extended { id: u32, oid: String },
    Unbind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    pub id: u32,
    pub base: String,
    pub scope: u8,
    pub attributes: Vec<String>,
    /// Size and cookie.
    pub page: Option<(usize, Vec<u8>)>,
}

/// What the server does next.
#[derive(Debug, Clone)]
pub enum Step {
    Send(Vec<u8>),
    /// Sends in pieces of so many bytes, each in a packet of its own.
    Pieces(Vec<u8>, usize),
    /// FIN.
    Close,
    /// RST.
    Reset,
    /// Says nothing more and keeps the connection.
    Stall,
    /// TLS from here on.
    StartTls,
    /// A pause.
    Wait(Duration),
}

/// An element of BER.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    if content.len() < 0x80 {
        bytes.push(u8::try_from(content.len()).unwrap());
    } else {
        bytes.push(0x84);
        bytes.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
    }
    bytes.extend_from_slice(content);
    bytes
}

pub fn octets(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    element(0x04, bytes.as_ref())
}

pub fn message(id: u32, operation: &[u8], controls: &[u8]) -> Vec<u8> {
    element(0x30, &[&[2, 4], &id.to_be_bytes()[..], operation, controls].concat())
}

/// A result: tag of the operation, code, text, anything after.
pub fn result(id: u32, operation: u8, code: u8, text: &str, rest: &[u8]) -> Vec<u8> {
    let content = [&[0x0a, 1, code][..], &octets(""), &octets(text), rest].concat();
    message(id, &element(operation, &content), b"")
}

/// The end of a search.
pub fn done(id: u32, code: u8, text: &str) -> Vec<u8> {
    result(id, 0x65, code, text, b"")
}

/// The end of a page.
pub fn page_done(id: u32, cookie: &[u8]) -> Vec<u8> {
    let value = element(0x30, &[&[2, 1, 0][..], &octets(cookie)].concat());
    let control = element(0x30, &[octets("1.2.840.113556.1.4.319"), octets(value)].concat());
    let content = [&[0x0a, 1, 0][..], &octets(""), &octets("")].concat();
    message(id, &element(0x65, &content), &element(0xa0, &control))
}

/// An entry.
pub fn entry(id: u32, dn: impl AsRef<[u8]>, attributes: &[(&str, Vec<Vec<u8>>)]) -> Vec<u8> {
    let list: Vec<u8> = attributes
        .iter()
        .flat_map(|(name, values)| {
            let values: Vec<u8> = values.iter().flat_map(octets).collect();
            element(0x30, &[octets(name), element(0x31, &values)].concat())
        })
        .collect();
    message(id, &element(0x64, &[octets(dn), element(0x30, &list)].concat()), b"")
}

pub fn reference(id: u32, url: &str) -> Vec<u8> {
    message(id, &element(0x73, &octets(url)), b"")
}

fn parts(tag: StructureTag) -> Vec<StructureTag> {
    match tag.payload {
        PL::C(parts) => parts,
        PL::P(_) => Vec::new(),
    }
}

fn bytes(tag: &StructureTag) -> Vec<u8> {
    match &tag.payload {
        PL::P(bytes) => bytes.clone(),
        PL::C(_) => Vec::new(),
    }
}

fn text(tag: &StructureTag) -> String {
    String::from_utf8(bytes(tag)).unwrap()
}

fn number(tag: &StructureTag) -> usize {
    bytes(tag).iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// `None`: no LDAP.
fn request(tag: StructureTag) -> Option<Request> {
    let mut outer = parts(tag);
    let controls = if outer.len() > 2 { outer.pop() } else { None };
    let operation = outer.pop()?;
    let id = u32::try_from(number(outer.first()?)).ok()?;
    let kind = operation.id;
    let own = parts(operation.clone());
    Some(match kind {
        0 if own[2].id == 0 => {
            Request::Bind { id, name: text(&own[1]), password: Some(bytes(&own[2])), mechanism: None }
        }
        0 => {
            let sasl = parts(own[2].clone());
            Request::Bind { id, name: text(&own[1]), password: None, mechanism: Some(text(&sasl[0])) }
        }
        2 => Request::Unbind,
        3 => Request::Search(Search {
            id,
            base: text(&own[0]),
            scope: u8::try_from(number(&own[1])).unwrap(),
            attributes: parts(own[7].clone()).iter().map(text).collect(),
            page: controls.and_then(page),
        }),
        23 => Request::Extended { id, oid: text(&own[0]) },
        other => panic!("a client that only reads sent operation {other}"),
    })
}

fn page(controls: StructureTag) -> Option<(usize, Vec<u8>)> {
    let control =
        parts(controls).into_iter().map(parts).find(|own| text(&own[0]) == "1.2.840.113556.1.4.319")?;
    let value = bytes(control.last().unwrap());
    let value = parts(parse_tag(&value).unwrap().1);
    Some((number(&value[0]), bytes(&value[1])))
}

type Script = dyn Fn(&Request) -> Vec<Step> + Send + Sync;

/// A running server; it stops when dropped, its connections when their clients go.
pub struct Server {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
    bytes_received: Arc<AtomicUsize>,
}

enum Wire {
    Plain(TcpStream),
    Tls(Box<rustls::StreamOwned<rustls::ServerConnection, TcpStream>>),
}

impl Wire {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes),
            Self::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }

    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => &stream.sock,
        }
    }
}

impl Server {
    /// Answers without TLS.
    pub fn start(script: impl Fn(&Request) -> Vec<Step> + Send + Sync + 'static) -> Self {
        Self::launch(Arc::new(script), None, false)
    }

    /// Answers with TLS from the first byte.
    pub fn start_tls(
        config: Arc<rustls::ServerConfig>,
        script: impl Fn(&Request) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::launch(Arc::new(script), Some(config), true)
    }

    /// Answers without TLS until [`Step::StartTls`].
    pub fn start_with_starttls(
        config: Arc<rustls::ServerConfig>,
        script: impl Fn(&Request) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::launch(Arc::new(script), Some(config), false)
    }

    fn launch(script: Arc<Script>, config: Option<Arc<rustls::ServerConfig>>, at_once: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            received: Arc::default(),
            connections: Arc::default(),
            bytes_received: Arc::default(),
        };
        let (received, connections) = (Arc::clone(&server.received), Arc::clone(&server.connections));
        let count = Arc::clone(&server.bytes_received);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                connections.fetch_add(1, Ordering::SeqCst);
                stream.set_nodelay(true).unwrap();
                let (script, received) = (Arc::clone(&script), Arc::clone(&received));
                let (config, count) = (config.clone(), Arc::clone(&count));
                std::thread::spawn(move || {
                    let mut wire = Wire::Plain(stream);
                    if at_once {
                        wire = encrypted(wire, config.as_ref().unwrap());
                    }
                    let _ = converse(wire, &script, &received, config.as_ref(), &count);
                });
            }
        });
        server
    }

    pub fn url(&self, rest: &str) -> String {
        format!("ldap://{}/{rest}", self.address)
    }

    /// Everything asked so far.
    pub fn received(&self) -> Vec<Request> {
        self.received.lock().unwrap().clone()
    }

    /// The searches asked so far.
    pub fn searches(&self) -> Vec<Search> {
        let search = |request| match request {
            Request::Search(search) => Some(search),
            _ => None,
        };
        self.received().into_iter().filter_map(search).collect()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn bytes_received(&self) -> usize {
        self.bytes_received.load(Ordering::SeqCst)
    }
}

fn encrypted(wire: Wire, config: &Arc<rustls::ServerConfig>) -> Wire {
    let Wire::Plain(stream) = wire else { panic!("TLS within TLS") };
    let connection = rustls::ServerConnection::new(Arc::clone(config)).unwrap();
    Wire::Tls(Box::new(rustls::StreamOwned::new(connection, stream)))
}

fn converse(
    mut wire: Wire,
    script: &Arc<Script>,
    received: &Mutex<Vec<Request>>,
    config: Option<&Arc<rustls::ServerConfig>>,
    count: &AtomicUsize,
) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let parsed = parse_tag(&buffer).map(|(rest, tag)| (buffer.len() - rest.len(), tag));
        let Ok((size, tag)) = parsed else {
            let mut more = [0; 4096];
            let read = wire.read(&mut more)?;
            if read == 0 {
                return Ok(());
            }
            count.fetch_add(read, Ordering::SeqCst);
            buffer.extend_from_slice(&more[..read]);
            continue;
        };
        buffer.drain(..size);
        let Some(request) = request(tag) else { return Ok(()) };
        received.lock().unwrap().push(request.clone());
        for step in script(&request) {
            match step {
                Step::Send(bytes) => wire.write(&bytes)?,
                Step::Pieces(bytes, size) => {
                    for piece in bytes.chunks(size) {
                        wire.write(piece)?;
                        std::thread::yield_now();
                    }
                }
                Step::Close => return Ok(()),
                Step::Reset => {
                    socket2::SockRef::from(wire.socket()).set_linger(Some(Duration::ZERO))?;
                    return Ok(());
                }
                Step::Stall => {
                    // Until the client has enough.
                    while wire.read(&mut [0; 4096])? > 0 {}
                    return Ok(());
                }
                Step::StartTls => wire = encrypted(wire, config.unwrap()),
                Step::Wait(time) => std::thread::sleep(time),
            }
        }
    }
}

/// One object of a [`Directory`].
#[derive(Debug, Clone)]
pub struct Object {
    pub dn: Vec<u8>,
    pub attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl Object {
    pub fn new(dn: &str, class: &str, number: u8) -> Self {
        let chain: &[&str] = match class {
            "user" => &["top", "person", "organizationalPerson", "user"],
            "contact" => &["top", "person", "organizationalPerson", "contact"],
            "group" => &["top", "group"],
            other => &["top", other],
        };
        let cn = dn.split(',').next().unwrap().split('=').nth(1).unwrap();
        Self { dn: dn.into(), attributes: Vec::new() }
            .with("objectClass", chain)
            .with("cn", &[cn])
            .binary("objectGUID", &[number; 16])
    }

    pub fn user(name: &str, number: u8) -> Self {
        Self::new(&format!("CN={name},{BASE}"), "user", number)
            .with("sAMAccountName", &[name])
            .with("userPrincipalName", &[&format!("{name}@corp.example")])
            .with("displayName", &[name])
            .with("userAccountControl", &["512"])
    }

    pub fn with(mut self, name: &str, values: &[&str]) -> Self {
        self.attributes
            .push((name.to_owned(), values.iter().map(|value| value.as_bytes().to_vec()).collect()));
        self
    }

    pub fn binary(mut self, name: &str, value: &[u8]) -> Self {
        self.attributes.push((name.to_owned(), vec![value.to_vec()]));
        self
    }
}

/// The domain of the tests.
pub const BASE: &str = "DC=corp,DC=example";
/// Its Configuration partition.
pub const CONFIGURATION: &str = "CN=Configuration,DC=corp,DC=example";

/// Answers as AD does.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    pub objects: Vec<Object>,
    /// Values given at a time before slices begin; 0: all.
    pub slice: usize,
    /// Largest page.
    pub max_page: usize,
    /// Domains of the forest: DNS name and NetBIOS name.
    pub domains: Vec<(String, String)>,
    /// URLs of search references, sent with the last page.
    pub references: Vec<String>,
}

impl Directory {
    pub fn of(objects: impl IntoIterator<Item = Object>) -> Self {
        Self { objects: objects.into_iter().collect(), max_page: 1000, ..Self::default() }
    }

    /// So many users.
    pub fn users(count: u8) -> Self {
        Self::of((1..=count).map(|number| Object::user(&format!("user{number:03}"), number)))
    }

    pub fn answer(&self, request: &Request) -> Vec<Step> {
        match request {
            Request::Bind { id, .. } => vec![Step::Send(result(*id, 0x61, 0, "", b""))],
            Request::Extended { id, .. } => vec![Step::Send(result(*id, 0x78, 0, "", b"")), Step::StartTls],
            Request::Unbind => vec![Step::Close],
            Request::Search(search) => vec![Step::Send(self.search(search))],
        }
    }

    fn search(&self, search: &Search) -> Vec<u8> {
        match search.base.as_str() {
            "" => [root_dse(search.id), done(search.id, 0, "")].concat(),
            base if base == format!("CN=Partitions,{CONFIGURATION}") => self.partitions(search.id),
            base if search.scope == 0 => self.one(search, base),
            base if base.eq_ignore_ascii_case(BASE) => self.page(search),
            _ => {
                result(search.id, 0x65, 32, "0000208D: NameErr: DSID-0310021B, problem 2001 (NO_OBJECT)", b"")
            }
        }
    }

    fn partitions(&self, id: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (dns, netbios) in &self.domains {
            let head = format!("DC={}", dns.replace('.', ",DC="));
            let text = |text: &str| vec![text.as_bytes().to_vec()];
            let attributes = [
                ("nCName", text(&head)),
                ("nETBIOSName", text(netbios)),
                ("dnsRoot", text(dns)),
                ("systemFlags", text("3")),
            ];
            bytes.extend(entry(id, format!("CN={netbios},CN=Partitions,{CONFIGURATION}"), &attributes));
        }
        bytes.extend(done(id, 0, ""));
        bytes
    }

    fn one(&self, search: &Search, base: &str) -> Vec<u8> {
        let found = self.objects.iter().find(|object| object.dn.eq_ignore_ascii_case(base.as_bytes()));
        let Some(object) = found else { return done(search.id, 32, "") };
        [self.entry(search.id, object, &search.attributes), done(search.id, 0, "")].concat()
    }

    /// Cookies are the number of the next object.
    fn page(&self, search: &Search) -> Vec<u8> {
        let (size, cookie) = search.page.clone().unwrap_or((usize::MAX, Vec::new()));
        let from: usize = String::from_utf8(cookie).unwrap().parse().unwrap_or(0);
        let to = from.saturating_add(size.min(self.max_page)).min(self.objects.len());
        let mut bytes: Vec<u8> = self.objects[from..to]
            .iter()
            .flat_map(|object| self.entry(search.id, object, &search.attributes))
            .collect();
        if to == self.objects.len() {
            bytes.extend(self.references.iter().flat_map(|url| reference(search.id, url)));
            bytes.extend(page_done(search.id, b""));
        } else {
            bytes.extend(page_done(search.id, to.to_string().as_bytes()));
        }
        bytes
    }

    pub fn entry(&self, id: u32, object: &Object, asked: &[String]) -> Vec<u8> {
        let mut shown: Vec<(String, Vec<Vec<u8>>)> = Vec::new();
        for (name, values) in &object.attributes {
            let slice = asked.iter().find_map(|own| {
                let (base, range) = own.split_once(";range=")?;
                base.eq_ignore_ascii_case(name).then(|| range.split('-').next().unwrap().parse().unwrap())
            });
            let plain = asked.iter().any(|own| own == "*" || own.eq_ignore_ascii_case(name));
            let from: usize = slice.unwrap_or(0);
            if slice.is_none() && !plain {
                continue;
            }
            if self.slice == 0 || (slice.is_none() && values.len() <= self.slice) {
                shown.push((name.clone(), values.clone()));
                continue;
            }
            let to = (from + self.slice).min(values.len());
            let end = if to == values.len() { "*".to_owned() } else { (to - 1).to_string() };
            if slice.is_none() {
                shown.push((name.clone(), Vec::new()));
            }
            shown.push((format!("{name};range={from}-{end}"), values[from..to].to_vec()));
        }
        let list: Vec<(&str, Vec<Vec<u8>>)> =
            shown.iter().map(|(name, values)| (name.as_str(), values.clone())).collect();
        entry(id, &object.dn, &list)
    }
}

/// The root DSE of a domain controller.
pub fn root_dse(id: u32) -> Vec<u8> {
    let text = |text: &str| vec![text.as_bytes().to_vec()];
    let attributes = [
        ("defaultNamingContext", text(BASE)),
        ("namingContexts", vec![BASE.into(), CONFIGURATION.into()]),
        ("rootDomainNamingContext", text(BASE)),
        ("configurationNamingContext", text(CONFIGURATION)),
        ("dnsHostName", text("dc1.corp.example")),
        ("currentTime", text("20261125120000.0Z")),
        ("supportedControl", vec!["1.2.840.113556.1.4.319".into(), "1.2.840.113556.1.4.801".into()]),
        ("supportedCapabilities", text("1.2.840.113556.1.4.800")),
    ];
    entry(id, "", &attributes)
}
