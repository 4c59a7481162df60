use model::edit::words::Outline;

use super::*;

fn letters() -> Letters {
    Letters {
        font: String::new(),
        bold: false,
        size: 200_000,
        colour: Colour::WHITE,
        outline: None,
        ground: None,
    }
}

fn words(text: &str) -> Words {
    Words {
        text: text.to_owned(),
        letters: letters(),
        left: 100_000,
        top: 100_000,
        width: 800_000,
        align: Align::Start,
    }
}

/// Edges of what is drawn, in pixels of the picture; none when nothing is.
fn edges(drawn: &Drawn) -> Option<(i64, i64, i64, i64)> {
    let mut found: Option<(i64, i64, i64, i64)> = None;
    for (x, y, pixel) in drawn.layer.pixels.enumerate_pixels() {
        if pixel.0[3] > 0 {
            let (x, y) = (
                drawn.layer.left + i64::from(x),
                drawn.layer.top + i64::from(y),
            );
            let (left, top, right, bottom) = found.unwrap_or((x, y, x, y));
            found = Some((left.min(x), top.min(y), right.max(x), bottom.max(y)));
        }
    }
    found
}

fn has_fonts() -> bool {
    !fonts::families().is_empty()
}

#[test]
fn words_stand_where_they_were_put_and_break_between_words() {
    if !has_fonts() {
        return;
    }
    let one = drawn(&words("Sea"), 400, 400);
    let (left, top, right, bottom) = edges(&one).unwrap();
    assert!((36..60).contains(&left) && top >= 36, "{left} {top}");
    assert!(right < 360 && bottom <= 40 + i64::from(one.height));
    let many = drawn(&words("Sea and sand and sun and salt"), 400, 400);
    assert!(
        many.height >= one.height * 2,
        "{} {}",
        many.height,
        one.height
    );
    assert!(edges(&many).unwrap().2 <= 364);
    let kept = drawn(&words("a\nb\nc"), 400, 400);
    assert_eq!(kept.height, one.height * 3);
}

#[test]
fn what_is_read_from_right_to_left_stands_at_the_right() {
    if !has_fonts() {
        return;
    }
    let (left, _, right, _) = edges(&drawn(&words("ים"), 400, 400)).unwrap();
    assert!(left > 200 && right > 320, "{left} {right}");
    let mut end = words("ים");
    end.align = Align::End;
    let (left, ..) = edges(&drawn(&end, 400, 400)).unwrap();
    assert!(left < 80, "{left}");
}

#[test]
fn an_outline_and_a_ground_lie_behind_the_letters() {
    if !has_fonts() {
        return;
    }
    let red = Colour {
        rgba: [255, 0, 0, 255],
    };
    let plain = drawn(&words("HI"), 400, 400);
    let mut lined = words("HI");
    lined.letters.outline = Some(Outline {
        colour: red,
        width: 10,
    });
    let lined = drawn(&lined, 400, 400);
    let (wide, thin) = (edges(&lined).unwrap(), edges(&plain).unwrap());
    let around = [
        thin.0 - wide.0,
        thin.1 - wide.1,
        wide.2 - thin.2,
        wide.3 - thin.3,
    ];
    assert!(
        around.iter().all(|side| (6..=10).contains(side)),
        "{thin:?} {wide:?}"
    );
    let pure = |drawn: &Drawn, colour: [u8; 4]| {
        drawn
            .layer
            .pixels
            .pixels()
            .filter(|p| p.0 == colour)
            .count()
    };
    assert!(pure(&lined, red.rgba) > 50);
    // The letters are as they were: nothing of the line lies on them.
    assert_eq!(pure(&lined, [255; 4]), pure(&plain, [255; 4]));
    let mut boxed = words("HI");
    boxed.letters.ground = Some(red);
    let boxed = drawn(&boxed, 400, 400);
    assert!(pure(&boxed, red.rgba) > pure(&lined, red.rgba));
}

#[test]
fn a_small_picture_looks_like_the_large_one() {
    if !has_fonts() {
        return;
    }
    let text = words("The tide comes in");
    let small = edges(&drawn(&text, 300, 200)).unwrap();
    let large = edges(&drawn(&text, 1200, 800)).unwrap();
    for (s, l) in [
        (small.0, large.0),
        (small.1, large.1),
        (small.2, large.2),
        (small.3, large.3),
    ] {
        assert!((s * 4 - l).abs() <= 8, "{small:?} {large:?}");
    }
}

#[test]
fn enormous_words_take_no_more_than_the_picture() {
    let mut huge = words(&"W".repeat(500));
    huge.letters.size = WHOLE;
    let made = drawn(&huge, 500, 400);
    let (width, height) = made.layer.pixels.dimensions();
    assert!(width <= 500 && height <= 400);
    let nothing = drawn(&words("   "), 50, 40);
    assert_eq!(edges(&nothing), None);
}

#[test]
fn a_font_that_is_missing_is_said() {
    if !has_fonts() {
        return;
    }
    let mut other = words("Sea");
    other.letters.font = "No Such Font 123".to_owned();
    let made = drawn(&other, 400, 400);
    assert!(made.replaced && !made.font.is_empty());
    assert!(edges(&made).is_some());
}
