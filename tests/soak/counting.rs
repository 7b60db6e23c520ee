//! An attacker with everything published.

#[path = "../system/counting/attack.rs"]
mod attack;

#[test]
fn an_attacker_with_everything_published_finds_no_small_cell_in_ten_thousand_activities() {
    const ACTIVITIES: u64 = 10_000;
    let halves = [0, 1].map(|half| {
        std::thread::spawn(move || {
            let mut sum = attack::Found::default();
            let mut narrowest = u64::MAX;
            for number in (half..ACTIVITIES).step_by(2) {
                let activity = attack::Activity::random(number);
                let found = attack::attack(&activity, number, 3);
                sum.small_counts += found.small_counts;
                sum.attacked += found.attacked;
                sum.published_tables += found.published_tables;
                sum.withheld_tables += found.withheld_tables;
                narrowest = narrowest.min(found.narrowest);
                if number % 1_000 == half {
                    println!("counting: {number} of {ACTIVITIES} and nothing found");
                }
            }
            sum.narrowest = narrowest;
            sum
        })
    });
    let halves = halves.map(|half| half.join().expect("no count was found"));
    for half in &halves {
        println!("counting: {half:?}");
    }
    let attacked: u64 = halves.iter().map(|half| half.attacked).sum();
    let published: u64 = halves.iter().map(|half| half.published_tables).sum();
    println!(
        "counting: {ACTIVITIES} activities, {published} tables, {attacked} small counts attacked, 0 found"
    );
    assert!(attacked > ACTIVITIES, "there was something to attack");
}
