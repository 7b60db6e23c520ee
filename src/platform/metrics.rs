//! Figures for whoever watches over the machine, in the text format of Prometheus.
//!
//! Invariant: nobody learns from them who entered when. The n-th form sent is the n-th ticket, so a
//! count that moved with each form would date every ticket: requests in which a person touches an
//! entry are added when their hour is over, and only where ten of a kind came together; fewer wait
//! for the next hour (ADR 0030, as `web::access` does). No figure names an activity, an entry, a
//! person or an address.
//!
//! Not here: who may read them and what a request is ([`super::web::measure`]); what domains tell
//! (`desk::figures`).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::clock::{Clock, Timestamp};

/// Counts of people's own requests are added to what is shown from this number on.
const FEW: u64 = 10;

/// Upper ends of the classes into which durations fall, in seconds.
const SECONDS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// What kind of place a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A public page that everybody reads.
    Page,
    /// A page on which a person touches an entry, a receipt or a request.
    Person,
    /// A page of staff.
    Staff,
    /// A stylesheet, a script, a font.
    Asset,
    /// What machines ask: health, figures, the journal's tiles.
    Machine,
    /// No such place.
    None,
}

impl Class {
    /// The word on the label.
    pub fn code(self) -> &'static str {
        match self {
            Class::Page => "page",
            Class::Person => "person",
            Class::Staff => "staff",
            Class::Asset => "asset",
            Class::Machine => "machine",
            Class::None => "none",
        }
    }
}

/// One number, or one for each value of its labels.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Without `fairdraw_`, and for a count without `_total`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub help: &'static str,
    /// A count that only grows; otherwise a value that rises and falls.
    pub counts: bool,
    /// Each value with its labels.
    pub values: Vec<(Labels, f64)>,
}

/// Names and values of a figure's labels.
pub type Labels = Vec<(&'static str, String)>;

impl Figure {
    /// A value that rises and falls.
    pub fn now(name: &'static str, help: &'static str, value: f64) -> Figure {
        Figure {
            name,
            help,
            counts: false,
            values: vec![(Vec::new(), value)],
        }
    }

    /// A count that only grows.
    pub fn count(name: &'static str, help: &'static str, value: u64) -> Figure {
        Figure {
            counts: true,
            ..Figure::now(name, help, value as f64)
        }
    }

    fn encode(&self, encoder: &mut MetricEncoder<'_>, value: f64) -> fmt::Result {
        match self.counts {
            // Counts come from whole numbers, see `count`.
            true => count_of(encoder, value as u64),
            false => encoder.encode_gauge(&value),
        }
    }

    /// A value for each word of one label.
    pub fn by(
        name: &'static str,
        help: &'static str,
        label: &'static str,
        values: impl IntoIterator<Item = (&'static str, f64)>,
    ) -> Figure {
        let values = values.into_iter();
        Figure {
            name,
            help,
            counts: false,
            values: values
                .map(|(word, value)| (vec![(label, word.to_owned())], value))
                .collect(),
        }
    }
}

/// How values spread over classes.
#[derive(Clone, Debug)]
struct Spread {
    ends: &'static [f64; 12],
    sum: f64,
    count: u64,
    /// The last is for what is beyond every end.
    classes: [u64; 13],
}

impl Spread {
    fn over(ends: &'static [f64; 12]) -> Spread {
        Spread {
            ends,
            sum: 0.0,
            count: 0,
            classes: [0; 13],
        }
    }

    fn add(&mut self, value: f64) {
        let class = self.ends.partition_point(|end| *end < value);
        self.classes[class] += 1;
        self.count += 1;
        self.sum += value;
    }

    /// Takes over what is in `other`, which is empty afterwards.
    fn take(&mut self, other: &mut Spread) {
        for (own, its) in self.classes.iter_mut().zip(&other.classes) {
            *own += its;
        }
        self.count += other.count;
        self.sum += other.sum;
        *other = Spread::over(other.ends);
    }

    fn encode(&self, encoder: &mut MetricEncoder<'_>) -> fmt::Result {
        let ends = self.ends.iter().copied().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = ends.zip(self.classes).collect();
        encoder.encode_histogram::<[(&str, &str); 0]>(self.sum, self.count, &buckets, None)
    }
}

/// What is counted by this process.
struct Tally {
    requests: BTreeMap<(Class, u16), u64>,
    took: BTreeMap<Class, Spread>,
    held: Vec<Held>,
    /// What people did in this hour, and in those before as far as they were too few.
    waiting: Waiting,
    hour: Timestamp,
}

struct Waiting {
    requests: BTreeMap<u16, u64>,
    took: Spread,
}

/// A count that another room keeps and that moves with what people do.
struct Held {
    name: &'static str,
    help: &'static str,
    read: Box<dyn Fn() -> u64 + Send + Sync>,
    shown: u64,
}

impl Tally {
    fn new(hour: Timestamp) -> Tally {
        Tally {
            requests: BTreeMap::new(),
            took: BTreeMap::new(),
            held: Vec::new(),
            waiting: Waiting {
                requests: BTreeMap::new(),
                took: Spread::over(&SECONDS),
            },
            hour,
        }
    }

    /// Shows what waited when its hour is over.
    fn turn(&mut self, hour: Timestamp) {
        if hour == self.hour {
            return;
        }
        self.hour = hour;
        let waiting = &mut self.waiting;
        for (status, count) in &mut waiting.requests {
            if *count >= FEW {
                let shown = self.requests.entry((Class::Person, *status)).or_default();
                *shown += std::mem::take(count);
            }
        }
        if waiting.took.count >= FEW {
            let shown = self.took.entry(Class::Person);
            let shown = shown.or_insert_with(|| Spread::over(&SECONDS));
            shown.take(&mut waiting.took);
        }
        for each in &mut self.held {
            let now = (each.read)();
            if now.saturating_sub(each.shown) >= FEW {
                each.shown = now;
            }
        }
    }
}

/// Where other rooms' figures are read when somebody asks for them.
pub type Reading = Arc<dyn Fn() -> Vec<Figure> + Send + Sync>;

/// All figures of this process; clones share them.
#[derive(Clone)]
pub struct Metrics {
    tally: Arc<Mutex<Tally>>,
    readings: Arc<Mutex<Vec<Reading>>>,
    clock: Clock,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// No figures yet.
    pub fn new(clock: &Clock) -> Metrics {
        Metrics {
            tally: Arc::new(Mutex::new(Tally::new(clock.now().hour()))),
            readings: Arc::default(),
            clock: clock.clone(),
        }
    }

    /// Has another room's figures read with each answer.
    pub fn add(&self, reading: Reading) {
        let readings = self.readings.lock();
        readings
            .unwrap_or_else(PoisonError::into_inner)
            .push(reading);
    }

    /// A request was answered.
    pub fn answered(&self, class: Class, status: u16, took: Duration) {
        let mut tally = self.turned();
        let seconds = took.as_secs_f64();
        if class == Class::Person {
            tally.waiting.took.add(seconds);
            // A request that failed on our side made no ticket, and must be seen at once.
            if status < 500 {
                *tally.waiting.requests.entry(status).or_default() += 1;
                return;
            }
        } else {
            let spread = tally.took.entry(class);
            spread
                .or_insert_with(|| Spread::over(&SECONDS))
                .add(seconds);
        }
        *tally.requests.entry((class, status)).or_default() += 1;
    }

    /// Has a count of another room shown as it was when the last hour was over, and not for a few.
    pub fn hold(
        &self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> u64 + Send + Sync + 'static,
    ) {
        self.turned().held.push(Held {
            name,
            help,
            read: Box::new(read),
            shown: 0,
        });
    }

    /// Everything, in the text format.
    pub fn text(&self) -> String {
        let (requests, took, mut figures) = {
            let tally = self.turned();
            let held = tally.held.iter();
            let held = held.map(|each| Figure::count(each.name, each.help, each.shown));
            let figures: Vec<Figure> = held.collect();
            (tally.requests.clone(), tally.took.clone(), figures)
        };
        let readings = self.readings.lock();
        let readings = readings.unwrap_or_else(PoisonError::into_inner).clone();
        figures.extend(readings.iter().flat_map(|reading| reading()));
        let mut registry = Registry::with_prefix("fairdraw");
        registry.register_collector(Box::new(Shown {
            requests,
            took,
            figures,
        }));
        let mut told = String::new();
        // A String takes everything that is written to it.
        let _ = text::encode(&mut told, &registry);
        told
    }

    fn turned(&self) -> MutexGuard<'_, Tally> {
        let hour = self.clock.now().hour();
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.turn(hour);
        tally
    }
}

/// One answer.
#[derive(Debug)]
struct Shown {
    requests: BTreeMap<(Class, u16), u64>,
    took: BTreeMap<Class, Spread>,
    figures: Vec<Figure>,
}

impl Collector for Shown {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Requests answered; those of class person hour by hour";
        let mut family = encoder.encode_descriptor("requests", help, None, MetricType::Counter)?;
        for ((class, status), count) in &self.requests {
            let labels = [
                ("class", class.code().to_owned()),
                ("status", status.to_string()),
            ];
            count_of(&mut family.encode_family(&labels)?, *count)?;
        }
        let help = "Time until the answer began; that of class person hour by hour";
        let kind = MetricType::Histogram;
        let mut family = encoder.encode_descriptor("request_seconds", help, None, kind)?;
        for (class, spread) in &self.took {
            spread.encode(&mut family.encode_family(&[("class", class.code())])?)?;
        }
        for figure in &self.figures {
            let kind = match figure.counts {
                true => MetricType::Counter,
                false => MetricType::Gauge,
            };
            let mut family = encoder.encode_descriptor(figure.name, figure.help, None, kind)?;
            for (labels, value) in &figure.values {
                match labels.is_empty() {
                    true => figure.encode(&mut family, *value)?,
                    false => figure.encode(&mut family.encode_family(labels)?, *value)?,
                }
            }
        }
        Ok(())
    }
}

fn count_of(encoder: &mut MetricEncoder<'_>, value: u64) -> fmt::Result {
    encoder.encode_counter::<[(&str, &str); 0], u64, f64>(&value, None)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::platform::clock::HOUR;

    const START: Timestamp = Timestamp(1_790_000_000_000);

    fn answered(metrics: &Metrics, class: Class, status: u16, times: u64) {
        for _ in 0..times {
            metrics.answered(class, status, Duration::from_millis(20));
        }
    }

    #[test]
    fn what_people_do_is_told_when_the_hour_is_over_and_not_for_a_few() {
        let clock = Clock::standing_at(START.hour());
        let metrics = Metrics::new(&clock);
        answered(&metrics, Class::Page, 200, 3);
        answered(&metrics, Class::Person, 303, 12);
        answered(&metrics, Class::Person, 422, 9);
        let groups = Arc::new(AtomicU64::new(9));
        let read = groups.clone();
        metrics.hold("groups", "Groups", move || read.load(Ordering::Relaxed));
        let page = "fairdraw_requests_total{class=\"page\",status=\"200\"} 3";
        let told = metrics.text();
        assert!(told.contains(page), "{told}");
        assert!(!told.contains("class=\"person\""), "{told}");
        assert!(told.contains("fairdraw_groups_total 0"), "{told}");
        clock.advance(HOUR);
        let told = metrics.text();
        let entered = "fairdraw_requests_total{class=\"person\",status=\"303\"} 12";
        assert!(told.contains(entered), "{told}");
        assert!(!told.contains("status=\"422\""), "nine are too few: {told}");
        assert!(told.contains("fairdraw_groups_total 0"), "{told}");
        // They are not lost: one more of them in the next hour makes ten.
        answered(&metrics, Class::Person, 422, 1);
        groups.store(10, Ordering::Relaxed);
        let told = metrics.text();
        assert!(told.contains("fairdraw_groups_total 0"), "{told}");
        clock.advance(HOUR);
        let told = metrics.text();
        let mistaken = "fairdraw_requests_total{class=\"person\",status=\"422\"} 10";
        assert!(told.contains(mistaken), "{told}");
        assert!(told.contains("fairdraw_groups_total 10"), "{told}");
    }

    #[test]
    fn what_fails_on_our_side_is_told_at_once() {
        let metrics = Metrics::new(&Clock::standing_at(START));
        answered(&metrics, Class::Person, 503, 1);
        let told = metrics.text();
        let failed = "fairdraw_requests_total{class=\"person\",status=\"503\"} 1";
        assert!(told.contains(failed), "{told}");
        assert!(
            !told.contains("request_seconds_count{class=\"person\"}"),
            "{told}"
        );
    }

    #[test]
    fn figures_of_other_rooms_are_read_when_somebody_asks() {
        let metrics = Metrics::new(&Clock::standing_at(START));
        metrics.add(Arc::new(|| {
            let by = [("waiting", 2.0), ("late", 0.0)];
            vec![
                Figure::by("jobs", "Jobs", "state", by),
                Figure::count("vault_restarts", "Restarts", 4),
            ]
        }));
        let told = metrics.text();
        for line in [
            "# TYPE fairdraw_jobs gauge",
            "fairdraw_jobs{state=\"waiting\"} 2.0",
            "fairdraw_jobs{state=\"late\"} 0.0",
            "fairdraw_vault_restarts_total 4",
            "# EOF",
        ] {
            assert!(told.contains(line), "{line} in {told}");
        }
    }
}
