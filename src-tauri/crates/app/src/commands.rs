//! The one list of commands. Every door (window, HTTP, command line) expands it into its own
//! router, and the TypeScript types come from it too, so that a command exists once or nowhere.
//!
//! Adding a command: a line here, its types in `types/`, a method of the same name (dot as
//! underscore) on [`crate::App`], then `cargo xtask types`.

/// What a command does to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads only.
    Read,
    /// Changes something.
    Write,
}

/// A command as the list knows it.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    /// Its name, such as `posts.move`.
    pub name: &'static str,
    /// Reads or writes.
    pub access: Access,
    /// One sentence.
    pub doc: &'static str,
}

/// Calls the macro named by its argument with the whole list: entries of
/// `"name" method access Input => Output, "doc";`.
#[macro_export]
macro_rules! command_list {
    ($callback:ident) => {
        $callback! {
            "session.boot" session_boot Read Nothing => Boot, "Everything the screen needs to draw its first frame.";
            "changes.since" changes_since Read ChangesSince => ChangeBatch, "Changes after a number, for a window that was away.";
            "settings.set" settings_set Write Settings => Written<Settings>, "Replace the settings.";
            "preferences.put" preferences_put Write PreferencePut => Nothing, "Remember something for the screen.";
            "history.undo" history_undo Write Nothing => HistoryMoved, "Undo the last step.";
            "history.redo" history_redo Write Nothing => HistoryMoved, "Do the last undone step again.";
            "history.list" history_list Read Nothing => HistoryList, "What can be undone and redone.";
            "publisher.status" publisher_status Read Nothing => PublisherStatus, "What the publisher is doing.";
            "publisher.hold" publisher_hold Write Hold => PublisherStatus, "Hold all posts.";
            "publisher.release" publisher_release Write Nothing => PublisherStatus, "Let posts go out again.";
            "public_files.get" public_files_get Read Nothing => PublicFiles, "Where files are lent from to networks that fetch them, and which networks need that.";
            "public_files.set" public_files_set Write PublicFilesSet => Written<PublicFiles>, "Lend files from this storage.";
            "public_files.remove" public_files_remove Write Nothing => Written<PublicFiles>, "Lend files from no storage any more.";
            "public_files.check" public_files_check Write PublicFilesSet => PublicFilesChecked, "Try a storage: put a file there, fetch it back over its public address, take it away.";
            "vault.status" vault_status Read Nothing => VaultStatus, "Where secrets are kept and whether they can be reached.";
            "vault.use_sealed_file" vault_use_sealed_file Write Passphrase => VaultStatus, "Keep secrets in a file sealed with a passphrase from now on.";
            "vault.unlock" vault_unlock Write Passphrase => VaultStatus, "Open the sealed file for this run.";

            "workspaces.create" workspaces_create Write WorkspaceCreate => Written<Workspace>, "Make a workspace with its first calendar.";
            "workspaces.rename" workspaces_rename Write WorkspaceRename => Written<Workspace>, "Rename a workspace.";
            "workspaces.remove" workspaces_remove Write OneWorkspace => Written<Nothing>, "Move a workspace with all it owns to the bin.";
            "workspaces.set_budget" workspaces_set_budget Write BudgetSet => Written<Workspace>, "Set how much paid calls may cost in a calendar month.";
            "workspaces.spending" workspaces_spending Read OneWorkspace => Spending, "What paid calls cost this month so far, and what is still to come.";
            "calendars.create" calendars_create Write CalendarCreate => Written<Calendar>, "Make a calendar.";
            "calendars.update" calendars_update Write CalendarUpdate => Written<Calendar>, "Change a calendar.";
            "calendars.archive" calendars_archive Write CalendarArchive => Written<Calendar>, "Archive a calendar or take it back into use.";
            "calendars.pause" calendars_pause Write CalendarPause => Written<Calendar>, "Pause publishing from a calendar, or go on.";
            "calendars.remove" calendars_remove Write OneCalendar => Written<Nothing>, "Move a calendar with its posts to the bin.";

            "accounts.connect" accounts_connect Write AccountConnect => SignInAnswer, "Sign in to a network and keep the account.";
            "accounts.reconnect" accounts_reconnect Write AccountReconnect => SignInAnswer, "Sign in again with an account.";
            "accounts.sign_in_wait" accounts_sign_in_wait Write OneSignIn => SignInAnswer, "Wait until the browser comes back from a network.";
            "accounts.sign_in_paste" accounts_sign_in_paste Write SignInPaste => SignInAnswer, "Go on with the final address copied out of the browser.";
            "accounts.sign_in_choose" accounts_sign_in_choose Write SignInChoose => SignInAnswer, "Take one of the accounts a sign-in gives access to.";
            "accounts.sign_in_cancel" accounts_sign_in_cancel Write OneSignIn => Nothing, "Give up a sign-in that is under way.";
            "accounts.readiness" accounts_readiness Read OfWorkspace => Readiness, "Whether the accounts of a workspace can publish, and what they lack.";
            "accounts.capabilities" accounts_capabilities Read OneAccount => Capabilities, "What an account can publish, within which limits and with which options.";
            "accounts.kept_app" accounts_kept_app Read OneNetwork => KeptApp, "What is kept of the person's app at a network.";
            "accounts.choices" accounts_choices Read AccountChoices => Choices, "What a network offers an account for an option.";
            "accounts.check" accounts_check Write OneAccount => Account, "Ask the network who the account is now.";
            "accounts.pause" accounts_pause Write AccountPause => Written<Account>, "Pause publishing to an account, or go on.";
            "accounts.remove" accounts_remove Write OneAccount => Written<Nothing>, "Move an account to the bin; its secrets stay until the bin empties.";

            "posts.range" posts_range Read Range => Chips, "Posts standing in a span of time.";
            "posts.shelf" posts_shelf Read OfCalendars => Chips, "Posts without a date.";
            "posts.drafts" posts_drafts Read OfCalendars => Chips, "Posts that are not scheduled, with or without a date.";
            "posts.chips" posts_chips Read PostIds => Chips, "Chips of these posts; those in the bin are left out.";
            "posts.get" posts_get Read OnePost => Post, "One post, whole.";
            "posts.create" posts_create Write PostCreate => Written<Post>, "Make a post.";
            "posts.save" posts_save Write PostSave => Written<Post>, "Save what was typed.";
            "posts.open" posts_open Write OnePost => Post, "The composer opened the post: an edit is in progress.";
            "posts.close" posts_close Write OnePost => Post, "The composer closed: the edit no longer holds the post back.";
            "posts.confirm_edit" posts_confirm_edit Write OnePost => Written<Post>, "What was edited replaces what goes out.";
            "posts.discard_edit" posts_discard_edit Write OnePost => Written<Post>, "Forget the edit of a scheduled post.";
            "posts.move" posts_move Write PostsMove => Written<PostsChanged>, "Move posts in time, or to the shelf and back.";
            "posts.copy" posts_copy Write PostsCopy => Written<PostsChanged>, "Copy posts.";
            "posts.schedule_next" posts_schedule_next Write ScheduleNext => Written<Post>, "Schedule a post into the next free slot.";
            "posts.publish_now" posts_publish_now Write OnePost => Written<Post>, "Publish a post at once.";
            "posts.answer_ask" posts_answer_ask Write AskAnswer => Written<Post>, "Let a post go out that a program without the right to publish asked for, or say no.";
            "posts.cancel" posts_cancel Write PostIds => Written<PostsChanged>, "Call posts off.";
            "posts.use_again" posts_use_again Write PostIds => Written<PostsChanged>, "Call posts for again that were called off.";
            "posts.label" posts_label Write PostsLabel => Written<PostsChanged>, "Change labels of posts.";
            "posts.editorial" posts_editorial Write PostsEditorial => Written<PostsChanged>, "Change the editorial status of posts.";
            "posts.remove" posts_remove Write PostIds => Written<Nothing>, "Move posts to the bin.";
            "posts.shift_preview" posts_shift_preview Read ShiftRest => ShiftPreview, "What would move if all later posts moved along.";
            "posts.check" posts_check Read PostCheck => Checked, "Look at a draft as every chosen network does.";
            "posts.crowded" posts_crowded Read CrowdedQuery => Crowding, "Days on which more is planned for an account than its network takes.";
            "posts.search" posts_search Read Search => Chips, "Find posts by words.";
            "posts.find" posts_find Read PostsFind => FoundPosts, "Which posts have some words, all of them.";
            "posts.attempts" posts_attempts Read OnePost => Attempts, "The job log of a post.";
            "labels.list" labels_list Read Nothing => Vec<LabelCount>, "All labels in use.";
            "text.split" text_split Read TextSplit => TextParts, "Split a text into a thread.";
            "dates.parse" dates_parse Read DateParse => DateParsed, "Read a typed date.";
            "links.card" links_card Read WebAddress => LinkCard, "Fetch what a link card would show.";

            "writing.get" writing_get Read OneWorkspace => Writing, "What a workspace keeps for writing: hashtag groups, parameters of links.";
            "writing.put_tags" writing_put_tags Write TagGroupPut => Written<Writing>, "Make a group of hashtags, or change one.";
            "writing.remove_tags" writing_remove_tags Write TagGroupRemove => Written<Writing>, "Remove a group of hashtags.";
            "writing.set_watermark" writing_set_watermark Write WatermarkSet => Written<Writing>, "Say which mark the pictures of a workspace get; none to forget it.";
            "writing.set_links" writing_set_links Write LinkRulesSet => Written<Writing>, "Say which parameters the links of a workspace get.";

            "targets.retry" targets_retry Write OneTarget => Written<Post>, "Try a failed or missed target now.";
            "targets.cancel" targets_cancel Write OneTarget => Written<Post>, "Call one target off.";
            "targets.use_again" targets_use_again Write OneTarget => Written<Post>, "Call one target for again that was called off.";
            "targets.say_published" targets_say_published Write SayPublished => Written<Post>, "The person says it is on the network.";
            "targets.send_again" targets_send_again Write OneTarget => Written<Post>, "The person says it is not there: send again.";
            "targets.give_up" targets_give_up Write OneTarget => Written<Post>, "The person gives up on an unconfirmed send.";
            "targets.comment_again" targets_comment_again Write OneTarget => Written<Post>, "Look for a first comment that was not written, and write it when it is not there.";
            "targets.leave_comment" targets_leave_comment Write OneTarget => Written<Post>, "The person leaves a post without its first comment.";
            "targets.handed_over" targets_handed_over Read OneTarget => HandedOver, "What the person is to post of a post that is handed over, and where it lies ready.";
            "targets.take_back" targets_take_back Write OneTarget => Written<Post>, "Delete on its network what the network holds until its time. Cannot be undone.";
            "targets.delete_on_network" targets_delete_on_network Write OneTarget => Written<Post>, "Delete a published post on its network. Cannot be undone.";

            "activity.list" activity_list Read ActivityQuery => Activity, "What happened, newest first.";
            "activity.troubles" activity_troubles Read Nothing => Troubles, "What needs the person.";

            "slots.list" slots_list Read OfWorkspace => Slots, "Weekly plans of a workspace.";
            "slots.preview" slots_preview Read SlotsReplace => SlotsPreview, "What a new weekly plan would do to queued posts.";
            "slots.replace" slots_replace Write SlotsReplace => Written<Slots>, "Replace the weekly plan of an account.";
            "queue.view" queue_view Read QueueQuery => Queue, "The queue, one column per account.";
            "queue.next_free" queue_next_free Read NextFree => FreeSlot, "The next free slot of accounts.";
            "queue.reorder" queue_reorder Write QueueReorder => Written<PostsChanged>, "Put queued posts into another order.";
            "queue.into_slot" queue_into_slot Write QueueIntoSlot => Written<Post>, "Put a queued post into a free slot.";
            "queue.pause_day_preview" queue_pause_day_preview Read DayOfQueue => DayPausePreview, "What pausing a day would do to queued posts.";
            "queue.pause_day" queue_pause_day Write DayPauseSet => Written<PostsChanged>, "Pause a weekly plan for one day, or go on.";

            "posts.page" posts_page Read PostsPageQuery => PostsPage, "Whole posts, page by page.";
            "attempts.list" attempts_list Read AttemptsQuery => LoggedAttempts, "The log of deliveries of a workspace.";
            "keys.create" keys_create Write KeyCreate => Written<KeyMade>, "Make a key for another program; it is shown once.";
            "keys.list" keys_list Read OneWorkspace => ApiKeys, "The keys of a workspace.";
            "keys.revoke" keys_revoke Write OneKey => Written<Nothing>, "Revoke a key at once. Cannot be undone.";
            "access.list" access_list Read OneWorkspace => AccessList, "Programs that may ask for access to a workspace, and what they ask.";
            "access.register" access_register Write AccessRegister => Written<AccessRegistered>, "Let a program ask for access; its secret is shown once.";
            "access.remove" access_remove Write OneAccessProgram => Written<Nothing>, "Shut out a program that was let in. Cannot be undone.";
            "access.answer" access_answer Write AccessAnswer => Written<Nothing>, "Answer a program that asks for access.";

            "webhooks.list" webhooks_list Read OneWorkspace => Webhooks, "Addresses that are told what happens in a workspace, and in whose words that can be.";
            "webhooks.create" webhooks_create Write WebhookCreate => Written<WebhookMade>, "Tell an address what happens; its secret is shown once.";
            "webhooks.change" webhooks_change Write WebhookChange => Written<Webhook>, "Change an address that is told what happens, or turn it on or off.";
            "webhooks.remove" webhooks_remove Write OneWebhook => Written<Nothing>, "Tell an address nothing any more.";
            "webhooks.new_secret" webhooks_new_secret Write OneWebhook => Written<WebhookMade>, "Sign with a new secret from now on. Cannot be undone.";
            "webhooks.test" webhooks_test Write OneWebhook => WebhookDelivery, "Send a test to an address at once.";
            "webhooks.deliveries" webhooks_deliveries Read WebhookDeliveriesQuery => WebhookDeliveries, "What an address was told, and whether it arrived.";
            "webhooks.send_again" webhooks_send_again Write OneWebhookDelivery => Written<WebhookDelivery>, "Send something again to its address. Cannot be undone.";

            "bin.list" bin_list Read Nothing => Bin, "What is in the bin.";
            "bin.restore" bin_restore Write BinItems => Written<Nothing>, "Take things out of the bin.";
            "bin.purge" bin_purge Write BinItems => Nothing, "Remove things for good. Cannot be undone.";

            "media.import" media_import Write Paths => MediaImported, "Take files into the library.";
            "media.import_bytes" media_import_bytes Write MediaBytes => MediaImported, "Take a pasted picture into the library.";
            "media.import_address" media_import_address Write WebAddress => MediaImported, "Fetch a file from a web address into the library.";
            "media.importing" media_importing Read Nothing => MediaImporting, "How far taking files in has come.";
            "media.import_stop" media_import_stop Write Nothing => Nothing, "Stop taking files in; what is in stays.";
            "media.list" media_list Read MediaAsk => MediaPage, "Files of the library, some at a time.";
            "media.ids" media_ids Read FileQuery => Vec<MediaId>, "Every file that a query finds.";
            "media.uses" media_uses Read OneMedia => MediaUses, "Posts that use a file.";
            "media.fits" media_fits Read MediaFitsAsk => Vec<MediaFit>, "Whether the accounts of a workspace take a file, and why not.";
            "media.place" media_place Read OneMedia => OnePath, "Where a file lies on this computer, or lay.";
            "media.save_copy" media_save_copy Write MediaCopy => Nothing, "Write a copy of a file somewhere else.";
            "media.describe" media_describe Write MediaDescribe => Written<MediaInfo>, "Change name, description or note on rights of a file.";
            "media.label" media_label Write MediaLabel => Written<Nothing>, "Change labels of files.";
            "media.remove" media_remove Write MediaIds => Written<MediaRemoved>, "Move files to the bin, but for those that posts still to go out need.";
            "media.info" media_info Read MediaIds => Vec<MediaInfo>, "Facts on files.";
            "media.tools" media_tools Read Nothing => VideoTool, "Look for the program that changes videos.";
            "media.making_stop" media_making_stop Write Nothing => Nothing, "Stop the version of a video that is being made.";
            "media.captions" media_captions Read CaptionsFile => CaptionsRead, "Read a file of captions for a video.";
            "media.best_part" media_best_part Read MediaCrop => Area, "The part of a picture worth keeping in another shape; faces come first.";
            "media.fonts" media_fonts Read Nothing => Vec<String>, "Families of fonts that words on pictures can be drawn with.";
            "media.layer" media_layer Read LayerWanted => PictureLayer, "What words or a mark lay over a picture of some size.";
            "media.as_sent" media_as_sent Read FitsWanted => Vec<PictureFit>, "What accounts get of pictures, whether they fit, and why not.";

            "csv.preview" csv_preview Read CsvImport => CsvPreview, "Look at a CSV file before taking it in.";
            "csv.import" csv_import Write CsvImport => Written<Counts>, "Take the good rows of a CSV file in, as one step.";
            "csv.export" csv_export Read CalendarExport => Counts, "Write posts as CSV.";
            "ics.export" ics_export Read CalendarExport => Counts, "Write a calendar file.";
            "bundle.export" bundle_export Read OnePath => Counts, "Write everything, media included, into one file.";
            "bundle.import" bundle_import Write OnePath => Counts, "Take a full export into an empty program.";
            "data.status" data_status Read Nothing => DataStatus, "Where the data lies and its backups.";
            "data.backup" data_backup Write Nothing => DataStatus, "Make a backup now.";
            "data.restore" data_restore Write OnePath => DataStatus, "Go back to a backup. Everything is held afterwards.";
            "data.move" data_move Write OnePath => DataStatus, "Move the data folder.";
            "logs.tail" logs_tail Read LogTail => LogLines, "The end of the log.";
            "diagnostics.export" diagnostics_export Read OnePath => Nothing, "Write a bundle for a bug report, without secrets and texts.";
        }
    };
}

macro_rules! infos {
    ($($name:literal $method:ident $access:ident $input:ty => $output:ty, $doc:literal;)*) => {
        /// Every command, in the order of the list.
        pub const COMMANDS: &[CommandInfo] =
            &[$(CommandInfo { name: $name, access: Access::$access, doc: $doc }),*];
    };
}
command_list!(infos);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_tell_their_area() {
        let mut names: Vec<_> = COMMANDS.iter().map(|c| c.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMMANDS.len());
        assert!(names.iter().all(|n| n.split('.').count() == 2));
    }
}
