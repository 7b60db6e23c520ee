//! Who may import whom, between the domains and inside each of them.

use crate::source::{Finding, Named, Source};
use crate::{ANY, ARROWS, EDGE_ARROWS, EDGE_DOMAINS};

/// What a file of a domain is for, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// `mod.rs` and every file with a name of its own.
    Verbs,
    Store,
    Wire,
    /// `pages.rs`, `api.rs`, and every file of a domain that is nothing but pages.
    Edge,
    /// Request guards that other domains' pages use.
    Guard,
    Jobs,
}

/// The role that a name gives to a file or a module.
fn role_of_name(name: &str) -> Option<Role> {
    match name {
        "store" => Some(Role::Store),
        "wire" => Some(Role::Wire),
        "pages" | "api" => Some(Role::Edge),
        "guard" => Some(Role::Guard),
        "jobs" => Some(Role::Jobs),
        _ => None,
    }
}

/// Where a file of `src/` stands: its domain and its role there; nothing for the composition root
/// and for files of tests, which may stand on everything.
pub(crate) fn standing(source: &Source) -> Option<(String, Role)> {
    let parts = source.parts();
    let (&"src", rest) = parts.split_first()? else {
        return None;
    };
    let (domain, below) = rest.split_first()?;
    if below.contains(&"tests") {
        return None;
    }
    if below.is_empty() && matches!(*domain, "main" | "lib" | "app") {
        return None;
    }
    let named = below.iter().find_map(|name| role_of_name(name));
    let role = named.unwrap_or(if EDGE_DOMAINS.contains(domain) {
        Role::Edge
    } else {
        Role::Verbs
    });
    Some(((*domain).to_owned(), role))
}

/// The role of the module that a path leads to or through.
fn role_of_target(target: &Named) -> Role {
    target
        .segments
        .iter()
        .skip(1)
        .find_map(|segment| role_of_name(segment))
        .unwrap_or(Role::Verbs)
}

/// Rules 1, 2 and 4: arrows between domains, direction inside a domain, and a platform below all.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let Some((domain, role)) = standing(source) else {
        return Vec::new();
    };
    let own = ARROWS.iter().find(|(name, _)| *name == domain);
    if own.is_none() && domain != "platform" {
        return vec![source.finding(
            1,
            format!("the domain {domain} is not in ARROWS"),
            "Add it to the table in tests/architecture.rs, with an ADR that says why it exists",
        )];
    }
    let within_web = ["src/platform/web", "src/platform/edge"]
        .iter()
        .any(|folder| source.path.starts_with(folder));
    let may_use = own.map_or(&[][..], |(_, targets)| targets);
    source
        .named()
        .iter()
        .filter(|named| named.root == "crate")
        .filter_map(|named| {
            let (what, advice) = fault(&domain, role, may_use, named, within_web)?;
            Some(source.finding(named.line, what, advice))
        })
        .collect()
}

fn fault(
    domain: &str,
    role: Role,
    may_use: &[&str],
    named: &Named,
    within_web: bool,
) -> Option<(String, &'static str)> {
    let path = named.segments.join("::");
    let target = named.segments.first()?.as_str();
    let is_edge = matches!(role, Role::Edge | Role::Wire | Role::Guard);
    if target == domain && domain != "platform" {
        return upward(role, named).map(|advice| (format!("{role:?} uses {path}"), advice));
    }
    if target == "app" {
        return (domain != "cli").then(|| {
            (
                format!("{domain} uses {path}"),
                "The composition root is imported by main.rs and cli alone; pass in what you need",
            )
        });
    }
    if target == "platform" {
        let is_web = named.segments.get(1).is_some_and(|part| part == "web");
        return (is_web && !is_edge && !within_web).then(|| {
            (
                format!("{role:?} uses {path}"),
                "Only pages, api, guard and wire know about the web; answer with a type of your own",
            )
        });
    }
    // Not a domain: a macro or an item of lib.rs.
    let is_domain = ARROWS.iter().any(|(name, _)| *name == target);
    if !is_domain {
        return None;
    }
    if domain == "platform" {
        return Some((
            format!("platform uses {path}"),
            "platform imports no domain; let the domain hand in a value or a function",
        ));
    }
    let also = EDGE_ARROWS
        .iter()
        .filter(|(name, _)| is_edge && (*name == domain || *name == "*"))
        .any(|(_, targets)| targets.contains(&target));
    if may_use != ANY && !may_use.contains(&target) && !also {
        return Some((
            format!("{domain} uses {path}, and there is no arrow {domain} -> {target}"),
            "Let the later module call the earlier one, or change ARROWS with an ADR",
        ));
    }
    let hidden = match role_of_target(named) {
        Role::Verbs => false,
        Role::Guard => !is_edge,
        // A view may be made of another view.
        Role::Wire => !is_edge && is_of_a_page(named),
        Role::Store | Role::Edge | Role::Jobs => true,
    };
    hidden.then(|| {
        (
            format!("{domain} reaches into {path}"),
            "Of another domain only the public items of its mod.rs can be used; add a verb there",
        )
    })
}

/// Stored JSON and messages between processes are wire types too; forms and views are not for the
/// parts below the pages.
fn is_of_a_page(named: &Named) -> bool {
    let last = named.segments.last();
    last.is_some_and(|name| name.ends_with("Form") || name.ends_with("View"))
}

/// Why one part of a domain may not use another part of it.
fn upward(from: Role, named: &Named) -> Option<&'static str> {
    match (from, role_of_target(named)) {
        (Role::Store, Role::Edge | Role::Guard | Role::Jobs) => Some(
            "store.rs is the bottom of a domain: it knows the types of mod.rs and the database",
        ),
        (Role::Verbs | Role::Store, Role::Wire) if is_of_a_page(named) => {
            Some("Below the pages nobody knows a form or a view; take a parsed type instead")
        }
        (Role::Verbs, Role::Edge | Role::Guard) => {
            Some("The verbs of a domain know nothing of requests; take a parsed type instead")
        }
        (Role::Wire, Role::Store | Role::Edge | Role::Jobs) => {
            Some("wire.rs turns forms into types and types into views, and does nothing else")
        }
        (Role::Jobs, Role::Store | Role::Edge | Role::Wire) => {
            Some("A job calls the verbs of its domain, as a page does")
        }
        (Role::Edge | Role::Guard, Role::Store) => {
            Some("Pages call a verb of mod.rs; only the verbs know the store")
        }
        _ => None,
    }
}
