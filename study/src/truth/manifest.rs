//! From `recordings/manifest.yaml` to runs.

use super::audit;
use super::fields::Fields;
use super::folder::Folder;
use super::run::{
    ApiServer, Ask, CostRun, DnsRun, HerdRun, Kind, KneeRun, Objects, Plane, Polls, Run, Sender, StormRun, Who,
};
use super::table;
use crate::bytes::MIB;
use crate::scenario::{Code, Form, InputError, Source, broken, read_yaml};

/// The only version of the manifest so far.
const VERSION: f64 = 1.0;
/// Most classes of lookups that the model tells apart.
const MOST_DNS_CLASSES: usize = slackwater_core::dns::MAX_GROUPS;

type Read<T> = Result<T, InputError>;

/// Every run of the manifest. What cannot be read for lack of a file, or is of a kind not known, is kept as unread.
pub(super) fn runs(folder: &Folder) -> Read<Vec<Run>> {
    let name = "recordings/manifest.yaml";
    let source = Source::new(&folder.shown(name), &folder.text(name)?);
    let root = read_yaml(source.text()).map_err(|error| broken(&source, &error))?;
    let top = Fields::of(&source, &root, String::new(), "manifest")?;
    if let Some(node) = top.node("version")
        && node.value != Form::Number(VERSION)
    {
        return Err(top.blame("version", "this version of the manifest is not known", "write version: 1"));
    }
    let list = top.sections("runs", "run")?;
    if list.is_empty() {
        return Err(top.missing("runs"));
    }
    let mut runs: Vec<Run> = Vec::new();
    for fields in &list {
        let run = run(folder, fields)?;
        if runs.iter().any(|earlier| earlier.name == run.name) {
            let message = format!("two runs are called `{}`", run.name);
            return Err(fields.blame("name", &message, "give each run a name of its own"));
        }
        runs.push(run);
    }
    Ok(runs)
}

fn run(folder: &Folder, fields: &Fields<'_>) -> Read<Run> {
    let (name, kind) = (fields.text("name")?, fields.text("kind")?);
    // Known, and not read: scrapes, and requests at the source.
    let _ = (fields.node("metrics"), fields.node("upstream"));
    let mut unread = Vec::new();
    let read = match kind.as_str() {
        "cost" => cost(folder, fields, &mut unread),
        "knee" => knee(folder, fields, &mut unread),
        "storm" => storm(folder, fields, &mut unread),
        "herd" => herd(folder, fields, &mut unread),
        "dns" => dns(folder, fields),
        other => {
            let why = format!("unknown kind `{}`", other.escape_default());
            return Ok(Run { name, kind: Kind::Unread(why), unread: Vec::new() });
        }
    };
    let kind = match read {
        Ok(kind) => kind,
        // A run whose table was not handed on is no reason to leave out the others.
        Err(error) if error.code() == Code::FileNotFound => Kind::Unread(error.details().message.clone()),
        Err(error) => return Err(error),
    };
    if !matches!(kind, Kind::Unread(_)) {
        unread.extend(fields.unread());
    }
    Ok(Run { name, kind, unread })
}

fn cost(folder: &Folder, fields: &Fields<'_>, unread: &mut Vec<String>) -> Read<Kind> {
    let server = fields.section("api_server", "api_server")?;
    let cores = api_server(&server)?.cores;
    unread.extend(server.unread());
    Ok(Kind::Cost(CostRun { cores, rows: table::costs(folder, &file(fields, "file")?)? }))
}

fn knee(folder: &Folder, fields: &Fields<'_>, unread: &mut Vec<String>) -> Read<Kind> {
    let plane = plane(fields, unread)?;
    let sections = fields.sections("classes", "sender")?;
    let (mut senders, mut driven) = (Vec::new(), None);
    for (at, section) in sections.iter().enumerate() {
        senders.push(sender(section, None)?);
        let rate = section.node("rate_per_s").map(|node| &node.value);
        if rate == Some(&Form::Word("file".to_owned())) {
            driven = Some(at);
        } else {
            section.number("rate_per_s")?;
        }
        unread.extend(section.unread());
    }
    let Some(driven) = driven else {
        let message = "no class has `rate_per_s: file`, so nothing is varied";
        return Err(fields.blame(
            "classes",
            message,
            "write `rate_per_s: file` for the class whose rate is that of the file",
        ));
    };
    let names: Vec<String> = senders.iter().map(|sender| sender.name.clone()).collect();
    let mut rates = Vec::new();
    for (rate, name) in fields.files("files")? {
        rates.push((rate, table::load(folder, &format!("recordings/{name}"), &names)?));
    }
    if rates.is_empty() {
        return Err(fields.missing("files"));
    }
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(Kind::Knee(KneeRun { plane, senders, driven, rates }))
}

fn storm(folder: &Folder, fields: &Fields<'_>, unread: &mut Vec<String>) -> Read<Kind> {
    let plane = plane(fields, unread)?;
    let duration_s = fields.number("duration_s")?;
    let section = fields.section("agents", "sender")?;
    let agents = sender(&section, Some("agent"))?;
    let polls = polls(&section, unread)?;
    if polls.stop_s > duration_s {
        let message = format!("the agents stop at {} s, after the end at {duration_s} s", polls.stop_s);
        return Err(section.blame("stop_s", &message, "write a stop before the end"));
    }
    unread.extend(section.unread());
    let mut bystanders = Vec::new();
    for section in fields.sections("bystanders", "sender")? {
        let (sender, rate) = (sender(&section, None)?, section.number("rate_per_s")?);
        unread.extend(section.unread());
        bystanders.push((sender, rate));
    }
    let names: Vec<String> =
        std::iter::once(&agents).chain(bystanders.iter().map(|(s, _)| s)).map(|sender| sender.name.clone()).collect();
    let observed = table::load(folder, &file(fields, "file")?, &names)?;
    let restarts = restarts(folder, fields)?;
    let served = if fields.has("audit") { audit::served(folder, &file(fields, "audit")?) } else { Vec::new() };
    Ok(Kind::Storm(Box::new(StormRun { plane, duration_s, agents, polls, bystanders, observed, restarts, served })))
}

fn herd(folder: &Folder, fields: &Fields<'_>, unread: &mut Vec<String>) -> Read<Kind> {
    let plane = plane(fields, unread)?;
    let duration_s = fields.number("duration_s")?;
    let section = fields.section("informers", "sender")?;
    section.flag("relist_on_break", true)?;
    let informers = sender(&section, Some("informers"))?;
    let (clients, start_s, ramp_s) =
        (section.number("clients")?, section.number("start_s")?, section.number("ramp_s")?);
    let (mut backoff, mut at_least_told) = ([0.8, 2.0, 30.0, 1.0], true);
    if section.has("backoff") {
        let delays = section.section("backoff", "backoff")?;
        backoff =
            [delays.number("first_s")?, delays.number("factor")?, delays.number("cap_s")?, delays.number("jitter")?];
        at_least_told = delays.maybe_text("at_least")?.as_deref() == Some("retry_after");
        delays.maybe_text("reset")?;
        unread.extend(delays.unread());
    }
    unread.extend(section.unread());
    let seconds = table::herd(folder, &file(fields, "file")?)?;
    let restarts = restarts(folder, fields)?;
    Ok(Kind::Herd(Box::new(HerdRun {
        plane,
        duration_s,
        informers,
        clients,
        start_s,
        ramp_s,
        backoff,
        at_least_told,
        seconds,
        restarts,
    })))
}

fn dns(folder: &Folder, fields: &Fields<'_>) -> Read<Kind> {
    let lookups_per_s = fields.numbers("lookups_per_name_and_cache_per_s")?;
    if lookups_per_s.len() > MOST_DNS_CLASSES {
        let message = format!("{} classes of lookups; the model tells {MOST_DNS_CLASSES} apart", lookups_per_s.len());
        return Err(fields.blame("lookups_per_name_and_cache_per_s", &message, "join classes of like rates"));
    }
    let (lost_s, back_s) = (fields.number("source_lost_s")?, fields.number("source_back_s")?);
    if back_s <= lost_s {
        let message = format!("the source is back at {back_s} s, before it is lost at {lost_s} s");
        return Err(fields.blame("source_back_s", &message, "write a later time"));
    }
    let bins = table::answers(folder, &file(fields, "file")?, lookups_per_s.len())?;
    Ok(Kind::Dns(DnsRun {
        bin_s: fields.number("bin_s")?,
        caches: fields.number("caches")?,
        ttl_s: fields.number("ttl_s")?,
        serve_stale_s: fields.maybe_number("serve_stale_s")?.unwrap_or(0.0),
        names: fields.number("names_per_class")?,
        lookups_per_s,
        lost_s,
        back_s,
        end_s: fields.number("end_s")?,
        bins,
    }))
}

/// Path of a table.
fn file(fields: &Fields<'_>, key: &str) -> Read<String> {
    Ok(format!("recordings/{}", fields.text(key)?))
}

fn restarts(folder: &Folder, fields: &Fields<'_>) -> Read<Vec<table::Restart>> {
    if fields.has("restarts") { table::restarts(folder, &file(fields, "restarts")?) } else { Ok(Vec::new()) }
}

fn plane(fields: &Fields<'_>, unread: &mut Vec<String>) -> Read<Plane> {
    let server = fields.section("api_server", "api_server")?;
    let api_server = api_server(&server)?;
    let cluster = fields.section("cluster", "cluster")?;
    let objects = Objects {
        nodes: cluster.number("nodes")?,
        pods: cluster.number("pods")?,
        json_bytes: cluster.number("pod_json_bytes")?,
        protobuf_bytes: cluster.number("pod_protobuf_bytes")?,
    };
    unread.extend(server.unread());
    unread.extend(cluster.unread());
    Ok(Plane { api_server, objects })
}

fn api_server(fields: &Fields<'_>) -> Read<ApiServer> {
    let version = fields.text("version")?;
    let minor = version.split('.').nth(1).and_then(|minor| minor.parse().ok());
    let maybe = |key: &str| fields.maybe_number(key);
    Ok(ApiServer {
        // The reader lets only known versions through.
        minor: minor.unwrap_or(36),
        replicas: maybe("replicas")?.unwrap_or(1.0),
        cores: fields.number("cores")?,
        read_in_flight: maybe("max_requests_inflight")?.unwrap_or(400.0) as u32,
        mutating_in_flight: maybe("max_mutating_requests_inflight")?.unwrap_or(200.0) as u32,
        flow_control: fields.flag("flow_control", true)?,
        memory_limit_bytes: maybe("memory_limit_mib")?.map(|mib| mib * MIB),
        restart_delay_s: maybe("restart_delay_s")?.unwrap_or(5.0),
    })
}

fn sender(fields: &Fields<'_>, name: Option<&str>) -> Read<Sender> {
    let name = match name {
        Some(name) => fields.maybe_text("name")?.unwrap_or_else(|| name.to_owned()),
        None => fields.text("name")?,
    };
    let verb = fields.maybe_text("verb")?;
    let named = fields.flag("named", false)?;
    let _ = fields.maybe_text("arrivals")?;
    Ok(Sender {
        name,
        who: Who::of(&fields.text("identity")?),
        ask: Ask {
            list: verb.as_deref() != Some("get") && !named,
            nodes: fields.maybe_text("resource")?.as_deref() == Some("nodes"),
            version: fields.maybe_text("resource_version")?.unwrap_or_default(),
            protobuf: fields.maybe_text("encoding")?.as_deref() == Some("protobuf"),
        },
        timeout_s: fields.number("client_timeout_s")?,
    })
}

fn polls(fields: &Fields<'_>, unread: &mut Vec<String>) -> Read<Polls> {
    let (start_s, stop_s) = (fields.number("start_s")?, fields.number("stop_s")?);
    if stop_s <= start_s {
        let message = format!("the agents stop at {stop_s} s, before they start at {start_s} s");
        return Err(fields.blame("stop_s", &message, "write a later time"));
    }
    let (mut retry_after_s, mut times_retry_after) = (None, false);
    if fields.has("retry") {
        let retry = fields.section("retry", "retry")?;
        let spread = retry.numbers("after_s")?;
        let [low, high] = *spread.as_slice() else {
            return Err(retry.blame("after_s", "two numbers are wanted: the least and the most", "write [0.5, 1.5]"));
        };
        if high < low {
            return Err(retry.blame("after_s", "the most is below the least", "write the smaller number first"));
        }
        retry_after_s = Some((low, high));
        times_retry_after = retry.flag("times_retry_after", false)?;
        unread.extend(retry.unread());
    }
    Ok(Polls {
        clients: fields.number("clients")?,
        period_s: fields.number("period_s")?,
        start_s,
        ramp_s: fields.number("ramp_s")?,
        stop_s,
        retry_after_s,
        times_retry_after,
    })
}
