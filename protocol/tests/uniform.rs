//! Every order is equally likely, and a withdrawn ticket moves no other.

use std::collections::BTreeMap;

use lucky_draw::encode::{Hash, sha256, tagged_hash};
use lucky_draw::order::{Order, Stream};
use proptest::prelude::*;

/// The statistic over all orders of `n` tickets under `rounds` seeds.
fn chi_square(n: u64, rounds: u32) -> (usize, f64) {
    let mut counts: BTreeMap<Vec<u64>, u32> = BTreeMap::new();
    for round in 0..rounds {
        let seed = tagged_hash("chi", &[&round.to_be_bytes()]);
        *counts.entry(Order::new(&seed, n).collect()).or_default() += 1;
    }
    let orders: u64 = (1..=n).product();
    let expected = f64::from(rounds) / f64::from(u32::try_from(orders).expect("small"));
    let statistic = counts
        .values()
        .map(|count| (f64::from(*count) - expected).powi(2) / expected)
        .sum();
    (counts.len(), statistic)
}

#[test]
fn all_orders_of_few_tickets_are_equally_likely() {
    // Bounds: the 0.999 quantiles of chi-square with n! - 1 degrees of freedom. The seeds are
    // fixed, so the test always gives the same answer.
    for (n, rounds, bound) in [(3, 60_000, 20.52), (4, 120_000, 49.73), (5, 240_000, 173.6)] {
        let orders: u64 = (1..=n).product();
        let (seen, statistic) = chi_square(n, rounds);
        assert_eq!(seen as u64, orders, "every order of {n} occurs");
        assert!(statistic < bound, "n = {n}: {statistic} >= {bound}");
        assert!(statistic > 0.0);
    }
}

#[test]
fn integers_below_a_bound_are_uniform_where_a_remainder_would_not_be() {
    // 2^64 mod 3 * 2^62 is 2^62: without rejection the lowest quarter would come up twice as often.
    let bound = 3 << 62;
    let mut stream = Stream::new(&sha256(b"rejection"));
    let low = (0..40_000)
        .filter(|_| stream.uniform(bound) < bound / 3)
        .count();
    let deviation = low.abs_diff(40_000 / 3);
    assert!(deviation < 400, "{low} of 40000 in the lowest third");
}

/// RFC 8439 section 2.3, written from the RFC, to keep the library's stream honest.
fn rfc_8439_block(key: &[u8; 32], counter: u32) -> [u8; 64] {
    let mut state = [0_u32; 16];
    state[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
    for (word, bytes) in state[4..12].iter_mut().zip(key.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    state[12] = counter;
    let initial = state;
    for _ in 0..10 {
        for [a, b, c, d] in [
            [0, 4, 8, 12],
            [1, 5, 9, 13],
            [2, 6, 10, 14],
            [3, 7, 11, 15],
            [0, 5, 10, 15],
            [1, 6, 11, 12],
            [2, 7, 8, 13],
            [3, 4, 9, 14],
        ] {
            for (x, y, z, turn) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
                state[x] = state[x].wrapping_add(state[y]);
                state[z] = (state[z] ^ state[x]).rotate_left(turn);
            }
        }
    }
    let mut block = [0; 64];
    for (bytes, (word, start)) in block
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .zip(state.iter().zip(initial))
    {
        *bytes = word.wrapping_add(start).to_le_bytes();
    }
    block
}

proptest! {
    #[test]
    fn the_stream_is_the_keystream_of_rfc_8439(key in any::<[u8; 32]>()) {
        let mut stream = Stream::new(&Hash(key));
        for counter in 0..40 {
            for bytes in rfc_8439_block(&key, counter).as_chunks::<8>().0 {
                prop_assert_eq!(stream.next_value(), u64::from_le_bytes(*bytes));
            }
        }
    }

    #[test]
    fn an_order_is_a_permutation_and_equals_the_plain_shuffle(seed in any::<[u8; 32]>(), n in 0_u64..300) {
        let seed = Hash(seed);
        let order: Vec<u64> = Order::new(&seed, n).collect();
        let mut plain: Vec<u64> = (0..n).collect();
        let mut stream = Stream::new(&seed);
        for j in 0..n {
            let r = j + stream.uniform(n - j);
            plain.swap(usize::try_from(j).expect("small"), usize::try_from(r).expect("small"));
        }
        prop_assert_eq!(order, plain);
    }
}
