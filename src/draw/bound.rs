//! What an entrant audit proves: how many of the tickets can have nobody behind them at most.
//!
//! Invariant: the bound is exact for a sample without replacement (the hypergeometric law), so a
//! short list is not judged by a formula for long ones.
//!
//! Not here: which tickets are looked at ([`lucky_draw::result::audit_sample`]).

/// What is left to chance: one time in twenty.
const CHANCE: f64 = 0.05;

/// The smallest number of tickets without a person that the sample rules out with 95 % confidence:
/// of `taking_part` tickets `sample` were looked at, and behind `missing` of them nobody was found.
///
/// One more than all tickets where the sample rules out nothing.
pub fn fewer_than(taking_part: u64, sample: u64, missing: u64) -> u64 {
    let sample = sample.min(taking_part);
    let (mut possible, mut ruled_out) = (missing, taking_part - sample + missing + 1);
    // So few ghosts are always possible; so many cannot hide behind the tickets not looked at.
    while possible + 1 < ruled_out {
        let middle = possible + (ruled_out - possible) / 2;
        if at_most(taking_part, middle, sample, missing) > CHANCE {
            possible = middle;
        } else {
            ruled_out = middle;
        }
    }
    ruled_out
}

/// The chance to meet at most `missing` ghosts in `sample` of `all` tickets, `ghosts` among them.
fn at_most(all: u64, ghosts: u64, sample: u64, missing: u64) -> f64 {
    let ways = ln_choose(all, sample);
    (0..=missing.min(sample))
        .filter(|met| *met <= ghosts && sample - met <= all - ghosts)
        .map(|met| {
            let with = ln_choose(ghosts, met) + ln_choose(all - ghosts, sample - met);
            (with - ways).exp()
        })
        .sum()
}

/// ln of the ways to choose `few` of `many`; samples are short, so adding up is quick.
fn ln_choose(many: u64, few: u64) -> f64 {
    (0..few)
        .map(|each| (as_real(many - each) / as_real(each + 1)).ln())
        .sum()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "ticket counts are below 2^32, which a double holds exactly"
)]
fn as_real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Percent of a very long list, where drawing with or without replacement is the same.
    fn percent(sample: u64, missing: u64) -> f64 {
        let all = 1_000_000_000;
        as_real(fewer_than(all, sample, missing)) / as_real(all) * 100.0
    }

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 0.005
    }

    #[test]
    fn fifty_nine_prove_five_percent_and_299_prove_one() {
        // 1 - 0.05^(1/s), the known bounds of a clean sample.
        assert!(is_near(percent(59, 0), 4.95), "{}", percent(59, 0));
        assert!(is_near(percent(58, 0), 5.03), "{}", percent(58, 0));
        assert!(is_near(percent(299, 0), 1.00), "{}", percent(299, 0));
        assert!(percent(299, 0) < 1.0 && percent(298, 0) > 1.0);
    }

    #[test]
    fn ghosts_that_were_met_are_counted() {
        // Clopper-Pearson, one side: 1 of 59 gives 7.79 %, 5 of 299 gives 3.48 %.
        assert!(is_near(percent(59, 1), 7.79), "{}", percent(59, 1));
        assert!(is_near(percent(299, 5), 3.48), "{}", percent(299, 5));
    }

    #[test]
    fn a_list_that_was_looked_at_whole_leaves_nothing_to_chance() {
        assert_eq!(fewer_than(40, 40, 0), 1);
        assert_eq!(fewer_than(40, 40, 3), 4);
        assert_eq!(fewer_than(0, 0, 0), 1);
    }

    #[test]
    fn a_short_list_is_judged_by_counting_every_way() {
        // By hand: of 20 tickets 10 are seen and clean. With g ghosts that happens in
        // C(20-g,10)/C(20,10): 4 ghosts 4.33 %, 3 ghosts 10.5 %.
        assert_eq!(fewer_than(20, 10, 0), 4);
        // Nothing seen rules nothing out.
        assert_eq!(fewer_than(20, 0, 0), 21);
    }

    #[test]
    fn it_agrees_with_counting_subsets() {
        // Every way to see 3 of 7 tickets, the first g of them ghosts.
        for ghosts in 0..=7_u64 {
            for missing in 0..=3_u64 {
                let (mut ways, mut fits) = (0_u32, 0_u32);
                for seen in 0_u32..128 {
                    if seen.count_ones() == 3 {
                        ways += 1;
                        let met = (seen & ((1 << ghosts) - 1)).count_ones();
                        fits += u32::from(u64::from(met) <= missing);
                    }
                }
                let expected = f64::from(fits) / f64::from(ways);
                let found = at_most(7, ghosts, 3, missing);
                assert!((found - expected).abs() < 1e-9, "{ghosts} {missing}");
            }
        }
    }
}
