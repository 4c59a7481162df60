//! What Instagram is and can for professional accounts, by the documents of 2026.

use model::clip::{ClipLimits, Codec};
use serde_json::json;

use super::sign_in::{PAGE_SCOPES, SCOPES};
use crate::catalogue::{
    Confirms, CountUnit, Cover, Entry, FieldKind, FirstComment, ImageLimits, OptionField,
    Publishes, Quota, Redirect, ShownWhen, SignIn, SignInField, SignInMethod, Support, TextLimits,
    VideoKind, VideoLimits,
};
use crate::hosting;

/// What it fetches from the web.
pub const FETCHES: &str = "pictures and videos";
/// Key of the network.
pub const KEY: &str = "instagram";
/// Its name.
pub const NAME: &str = "Instagram";
/// Most files of a carousel.
pub const MAX_ITEMS: usize = 10;
/// Largest picture in bytes.
pub const MAX_IMAGE_BYTES: u64 = 8_000_000;
/// Most mentions in a caption.
pub const MAX_MENTIONS: usize = 20;
/// Most hashtags by the documents.
pub const MAX_TAGS: usize = 30;
/// Most hashtags that programs see Instagram take today.
pub const USUAL_TAGS: usize = 5;
/// Where a browser comes back to: nothing answers there, and its address is copied.
pub const REDIRECT: &str = "https://localhost/almanac";
/// Where a browser comes back to from the other company's door: a page of its own.
pub const REDIRECT_PAGE: &str = "https://www.facebook.com/connect/login_success.html";

/// Option: what it becomes.
pub const OPTION_KIND: &str = "kind";
/// Option: a reel is shown in the grid too.
pub const OPTION_GRID: &str = "shareToFeed";
/// Option: the moment of a reel's cover.
pub const OPTION_COVER: &str = "coverAt";
/// Option: accounts that are asked to appear as authors.
pub const OPTION_TOGETHER: &str = "collaborators";

/// The way with a token of the account.
pub const WAY_TOKEN: &str = "token";
/// The way through the browser, at Instagram.
pub const WAY_BROWSER: &str = "oauth";
/// The way with a token of the Page behind the account.
pub const WAY_PAGE_TOKEN: &str = "page_token";
/// The way through the browser, by the Page behind the account.
pub const WAY_PAGE: &str = "page";

/// The catalogue entry.
#[must_use]
pub fn entry() -> Entry {
    Entry {
        support: Support::Partial,
        publishes: Publishes {
            images: true,
            video: true,
            needs_media: true,
            mixed: true,
            ..Publishes::default()
        },
        text: TextLimits {
            unit: CountUnit::Utf16,
            max: Some(2_200),
            max_bytes: None,
            link: None,
        },
        images: Some(ImageLimits {
            max_count: MAX_ITEMS as u32,
            max_bytes: Some(MAX_IMAGE_BYTES),
            formats: vec!["image/jpeg".to_owned()],
            alt: true,
            max_alt: Some(1_000),
        }),
        video: Some(VideoLimits {
            max_count: MAX_ITEMS as u32,
            max_bytes: Some(300_000_000),
            formats: ["video/mp4", "video/quicktime"].map(str::to_owned).to_vec(),
            alt: false,
            captions: None,
            cover: Some(Cover::Moment),
            clip: clip(15 * 60_000),
            kinds: vec![VideoKind {
                when: ShownWhen {
                    option: OPTION_KIND.to_owned(),
                    values: vec![json!("story")],
                },
                becomes: "as a story".to_owned(),
                max_bytes: Some(100_000_000),
                cover: None,
                clip: clip(60_000),
            }],
        }),
        options: options(),
        sign_in: SignIn {
            methods: vec![token(), page(), browser(), page_token()],
        },
        confirms: Confirms::TwoPhase,
        first_comment: Some(
            FirstComment::up_to(2_200).when(OPTION_KIND, &[json!("post"), json!("reel")]),
        ),
        fetches: Some(FETCHES.to_owned()),
        can_delete: true,
        quota: Quota {
            per_hour: None,
            per_day: Some(50),
        },
        metrics: ["likes", "replies"]
            .map(str::to_owned)
            .to_vec(),
        notes: [
            "Only business and creator accounts can be posted to. A personal account is switched in Instagram under Settings, Account type and tools.",
            "Instagram fetches pictures from the web: public files of the Settings serve for that, or a public folder of yours. Through a Facebook Page, single videos need none.",
            "Posts can be deleted from here only when the account is connected through its Facebook Page.",
            "A link in a caption cannot be clicked.",
            "Pictures lose the place they were taken.",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Entry::plain(KEY, NAME)
    }
}

/// What a reel may be, and a story, which is shorter.
fn clip(max_ms: u32) -> ClipLimits {
    ClipLimits {
        min_ms: Some(3_000),
        max_ms: Some(max_ms),
        codecs: vec![Codec::H264, Codec::H265],
        min_rate: Some(23_000),
        max_rate: Some(60_000),
        max_width: Some(1_920),
        narrowest: Some((1, 100)),
        widest: Some((10, 1)),
        max_bit_rate: Some(25_000_000),
        ..ClipLimits::default()
    }
}

fn options() -> Vec<OptionField> {
    let kinds = [("post", "Post"), ("reel", "Reel"), ("story", "Story")];
    let feed = [json!("post"), json!("reel")];
    vec![
        OptionField::choice(
            OPTION_KIND,
            "Publish as",
            &kinds,
            "A post of one video is a reel on Instagram. A story is one picture or video without text, for a day.",
        ),
        OptionField::new(
            OPTION_TOGETHER,
            "Together with",
            FieldKind::List,
            json!([]),
            "Up to three accounts that are asked to appear as authors, not for several files.",
        )
        .max(3)
        .when(OPTION_KIND, &feed),
        OptionField::new(
            OPTION_GRID,
            "Reel in the grid too",
            FieldKind::Toggle,
            json!(true),
            "Shows a reel among the posts of the profile as well.",
        )
        .when(OPTION_KIND, &feed),
        OptionField::new(
            OPTION_COVER,
            "Cover of the reel at, in seconds",
            FieldKind::Number,
            json!(0),
            "The moment of the video that is shown while it stands still. With 0 it is the poster that was chosen in the video.",
        )
        .max(900)
        .when(OPTION_KIND, &feed),
    ]
}

fn field(name: &str, label: &str, kind: FieldKind, help: &str) -> SignInField {
    SignInField::new(name, label, kind, help)
}

fn token() -> SignInMethod {
    let guide = [
        "Switch the account to a business or creator account in Instagram: Settings, Account type and tools.",
        "Open developers.facebook.com/apps, choose Create app, and the use case \"Manage messaging and content on Instagram\".",
        "Under App roles, Roles, add the account as an Instagram Tester; then open Instagram on the web, Settings, Website permissions, Apps and websites, Tester invites, and accept.",
        "Under Instagram, API setup with Instagram login, add the account and choose Generate token. Allow instagram_business_basic, instagram_business_content_publish and instagram_business_manage_comments.",
        "Paste the token here. Almanac prolongs it by itself as long as it is used within sixty days.",
    ];
    let token = field(
        "token",
        "Access token",
        FieldKind::Secret,
        "From Generate token beside the account; it lasts sixty days.",
    );
    let mut fields = vec![token];
    fields.extend(hosting::fields(NAME));
    SignInMethod::form(WAY_TOKEN, "With an access token", &guide, fields)
}

fn browser() -> SignInMethod {
    let guide = [
        "Switch the account to a business or creator account, make an app, and add the account as an Instagram Tester, as for the access token.",
        "Under Instagram, API setup with Instagram login, Business login settings, add this to OAuth redirect URIs: https://localhost/almanac",
        "Copy the Instagram app ID and the Instagram app secret from there. They are not those of the app itself.",
        "Go on and allow everything in the browser. It ends on a page that cannot be opened, which is right: copy its whole address and paste it here.",
    ];
    let mut fields = vec![
        field(
            "client_id",
            "Instagram App ID",
            FieldKind::Text,
            "Under Instagram, API setup with Instagram login.",
        )
        .of_app(),
        field(
            "client_secret",
            "Instagram App secret",
            FieldKind::Secret,
            "Beside the Instagram App ID. It stays in the keyring of this computer.",
        )
        .of_app(),
    ];
    fields.extend(hosting::fields(NAME));
    let redirect = Redirect::Pasted {
        address: REDIRECT.to_owned(),
    };
    SignInMethod::form(
        WAY_BROWSER,
        "At Instagram, with your browser",
        &guide,
        fields,
    )
    .through(redirect, Some("https://developers.facebook.com/apps/"))
    .asking_for(SCOPES)
}

fn page() -> SignInMethod {
    let guide = [
        "The account has to be a business or creator account and linked to a Facebook Page: in the Page's settings, Linked accounts.",
        "Open developers.facebook.com/apps, choose Create app, and add the permissions instagram_basic, instagram_content_publish, instagram_manage_comments, instagram_manage_contents, pages_show_list and pages_read_engagement.",
        "Under Facebook Login, Settings, add this to Valid OAuth Redirect URIs: https://www.facebook.com/connect/login_success.html",
        "Copy the App ID and the App secret from App settings, Basic.",
        "In the browser choose the Page and the account and allow everything. It ends on a page that says Success: copy its address at once, before it changes, and paste it here.",
    ];
    let mut fields = vec![
        field(
            "page_client_id",
            "App ID",
            FieldKind::Text,
            "At the top of your app's page, and under App settings, Basic.",
        )
        .of_app(),
        field(
            "page_client_secret",
            "App secret",
            FieldKind::Secret,
            "Under App settings, Basic. It stays in the keyring of this computer.",
        )
        .of_app(),
    ];
    fields.extend(hosting::fields(NAME));
    let redirect = Redirect::Pasted {
        address: REDIRECT_PAGE.to_owned(),
    };
    SignInMethod::form(
        WAY_PAGE,
        "Through its Facebook Page, with your browser",
        &guide,
        fields,
    )
    .through(redirect, Some("https://developers.facebook.com/apps/"))
    .asking_for(PAGE_SCOPES)
}

fn page_token() -> SignInMethod {
    let guide = [
        "The account has to be a business or creator account and linked to a Facebook Page.",
        "Open developers.facebook.com/tools/explorer, choose your app, and get a Page access token with instagram_basic, instagram_content_publish, instagram_manage_comments, instagram_manage_contents and pages_read_engagement.",
        "Extend it in the Access Token Tool, or use the token of a system user of your business: both last.",
        "Paste it here.",
    ];
    let token = field(
        "page_token",
        "Page access token",
        FieldKind::Secret,
        "A token of the Page that the account is linked to.",
    );
    let mut fields = vec![token];
    fields.extend(hosting::fields(NAME));
    SignInMethod::form(
        WAY_PAGE_TOKEN,
        "With a token of its Facebook Page",
        &guide,
        fields,
    )
}
