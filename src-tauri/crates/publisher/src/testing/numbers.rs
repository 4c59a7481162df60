//! The numbers that accounts turn out to have on the network in memory, and how they are asked for.

use super::network::TestNetwork;

/// The network's memory of that.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    pub(super) is: Option<String>,
    silent: bool,
    asked: usize,
    under_way: usize,
    at_once: usize,
}

impl TestNetwork {
    /// Accounts turn out to have this number from now on.
    pub fn renumbers(&self, is: &str) {
        self.state().numbers.is = Some(is.to_owned());
    }

    /// Whoever asks for a number gets no answer from now on.
    pub fn tells_no_number(&self) {
        self.state().numbers.silent = true;
    }

    /// The number that accounts turn out to have, told by a call that takes its time.
    pub async fn new_number(&self) -> Option<String> {
        let silent = {
            let numbers = &mut self.state().numbers;
            numbers.asked += 1;
            numbers.under_way += 1;
            numbers.at_once = numbers.at_once.max(numbers.under_way);
            numbers.silent
        };
        if silent {
            std::future::pending::<()>().await;
        }
        // Whoever else asks meanwhile comes as far.
        tokio::task::yield_now().await;
        let numbers = &mut self.state().numbers;
        numbers.under_way -= 1;
        numbers.is.clone()
    }

    /// How often a number was asked for, and how many of these calls were under way at once at most.
    pub fn numbers_asked(&self) -> (usize, usize) {
        let numbers = &self.state().numbers;
        (numbers.asked, numbers.at_once)
    }
}
