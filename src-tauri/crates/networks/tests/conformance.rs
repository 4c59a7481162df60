//! The suite over every connector.

use testkit::conformance::{self, Bench, BlueskyBench, FolderBench};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bluesky_conforms() {
    let report = conformance::run(|| async {
        let bench: Box<dyn Bench> = Box::new(BlueskyBench::start().await);
        bench
    })
    .await;
    println!("{report}");
    assert!(report.holds(), "{report}");
}

#[tokio::test]
async fn folder_conforms() {
    let report = conformance::run(|| async {
        let bench: Box<dyn Bench> = Box::new(FolderBench::start());
        bench
    })
    .await;
    println!("{report}");
    assert!(report.holds(), "{report}");
}
