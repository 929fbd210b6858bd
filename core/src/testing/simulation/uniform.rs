//! The test of Kolmogorov and Smirnov: are numbers spread evenly?

/// The probability that numbers drawn evenly from 0 to 1 differ from an even spread by as much as these do.
pub(crate) fn likelihood(mut drawn: Vec<f64>) -> f64 {
    drawn.sort_by(f64::total_cmp);
    let count = drawn.len() as f64;
    let distance = drawn
        .iter()
        .enumerate()
        .map(|(index, drawn)| {
            let (below, with) = (index as f64 / count, (index + 1) as f64 / count);
            (drawn - below).max(with - drawn)
        })
        .fold(0.0, f64::max);
    // Stephens' correction of the distance for small samples.
    let root = count.sqrt();
    let scaled = (root + 0.12 + 0.11 / root) * distance;
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * (-2.0 * f64::from(k * k) * scaled * scaled).exp()
    };
    match scaled < 0.2 {
        // The series converges too slowly there; its sum is 1.
        true => 1.0,
        false => (1..=100).map(term).sum(),
    }
}

#[test]
fn an_uneven_spread_is_found() {
    let even = |index: u32| f64::from(index) / 1_000.0 + 0.0005;
    let spread = |shape: fn(f64) -> f64| likelihood((0..1_000).map(even).map(shape).collect());
    assert!(spread(|x| x) > 0.999);
    assert!(spread(|x| x * x) < 1e-9);
    assert!(spread(|x| x * 0.9) < 1e-6);
    assert!(spread(|x| x.powf(1.2)) < 0.001);
    // The tabled value: 1.628 / sqrt(n) is passed by one sample in a hundred.
    let shifted = |x: f64| x - 0.0514;
    assert!(
        (spread(shifted) - 0.01).abs() < 0.002,
        "{}",
        spread(shifted)
    );
}
