// SPDX-License-Identifier: ISC
/// \file
/// One authenticated client.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "imap/command_reader.h"
#include "imap/writer.h"
#include "io/deflate.h"
#include "io/output.h"
#include "io/stream.h"
#include "io/wait.h"
#include "mailbox/store.h"
#include "session/client.h"
#include "session/extension.h"
#include "session/names.h"
#include "session/notify_spec.h"
#include "session/reply.h"
#include "session/request.h"
#include "session/start.h"
#include "session/tally.h"
#include "session/updates.h"
#include "session/view.h"
#include "session/wire_flags.h"

namespace imapd {

class Notifier;

/// Thrown by `Session::selected` when there is nothing selected; the boundary turns
/// it into BAD (RFC 9051 §3).
struct NotSelected {};

/// The selected mailbox, as a handler sees it.
struct Selected {
    mailbox::Mailbox& mailbox;
    View& view;
    bool read_only;
};

/// One authenticated client, from the tagged OK of its LOGIN to its LOGOUT: the state
/// of RFC 9051 §3, and what the handlers in `commands/` work with.
///
/// `run` alternates between the one wait (loop.cc, R26) and `answer`, which is the
/// boundary of HACKING.md: what a handler throws ends there.
class Session {
public:
    Session(const Start& start, mailbox::Store& store, const base::Clock& clock,
            io::Stream& stream, io::Wait& wait);
    ~Session();

    /// Serves the client until it has gone or must go.
    void run();

    mailbox::Store& store() { return *store_; }
    const Names& names() const { return names_; }
    const config::Settings& settings() const { return *start_->settings; }
    const logging::Log& log() const { return start_->log; }
    imap::Writer& writer() { return writer_; }
    imap::CommandReader& reader() { return reader_; }
    Tally& tally() { return tally_; }

    Selected selected();
    void select(std::unique_ptr<mailbox::Mailbox> mailbox, mailbox::Access access);
    void unselect();
    bool has_selected() const { return mailbox_ != nullptr; }
    bool is_selected(const std::string& folder) const
    {
        return mailbox_ && mailbox_->name() == folder;
    }
    const base::Clock& clock() const { return *clock_; }

    /// Switches on, and with QRESYNC also CONDSTORE (RFC 7162 §3.2.3). The first time
    /// that CONDSTORE is switched on, the client is told where it stands (§3.1).
    void enable(Extension extension);
    bool is_enabled(Extension extension) const { return enabled_.has(extension); }
    /// Whether strings and names are in UTF-8 now: RFC 9051 §5.1, RFC 6855 §3.
    bool sends_utf8() const
    {
        return is_enabled(Extension::Imap4rev2) || is_enabled(Extension::Utf8Accept);
    }
    /// Whether the client is to see \Recent on the message: IMAP4rev2 has no such
    /// thing (RFC 9051, Appendix E, 12).
    bool shows_recent(std::uint32_t uid) const
    {
        return !is_enabled(Extension::Imap4rev2) && view_->is_recent(uid);
    }
    const Extensions& enabled() const { return enabled_; }

    /// Writes FETCH responses with the flags of `uids`, which the view must know, and
    /// whatever else an unsolicited one has in it by now (RFC 7162 §3.2.4).
    void tell_flags(const base::NumberSet& uids, Numbering numbering);

    /// FLAGS and PERMANENTFLAGS of the selected mailbox. RFC 9051 §7.3.5, §7.1
    void tell_keywords();

    /// Between the two, what was written is not a whole response: a fault leaves
    /// nothing to do but to drop the connection (HACKING.md).
    void response_begins() { in_response_ = true; }
    void response_ends() { in_response_ = false; }

    /// IDLE: the command is open until the client says DONE. RFC 2177.
    void idle(const std::string& tag);
    /// NOTIFY: from now on the client hears of these events, and of no others, also
    /// between commands. Errors: Limit if that is too much. RFC 5465.
    enum class StatusWanted { No, Yes };
    base::Status notify(NotifySpec spec, StatusWanted status);

    /// The client has put these messages into `folder` itself, and knows so.
    void note_own(const std::string& folder, const base::NumberSet& uids)
    {
        own_folders_.insert(folder);
        if (is_selected(folder))
            own_messages_.add(uids);
    }
    /// Whether the command in progress has put messages into the folder.
    bool is_own_change_of(const std::string& folder) const
    {
        return own_folders_.contains(folder);
    }

    /// Whether messages of the selected mailbox get $HasAttachment or $HasNoAttachment.
    bool marks_attachments() const;

    /// COMPRESS: all that follows the tagged answer to this command is compressed, in
    /// both directions. RFC 4978.
    void compress() { compression_is_due_ = true; }
    bool is_compressing() const { return deflate_ != nullptr; }
    /// LOGOUT: the connection ends when this command has been answered.
    void log_out() { is_over_ = true; }

private:
    struct Idle {
        std::string tag;           ///< empty: no command, but NOTIFY is in force
        std::int64_t told_us = 0;  ///< steady clock: when we last looked and told
        std::int64_t next_us = 0;  ///< when we may tell again
        std::int64_t spoke_us = 0; ///< when anything was last sent
        bool has_news = false;     ///< an event came that was not told yet
        bool is_resting = false;   ///< what memory we do not need was given back
    };

    /// How a command ends: how the updates are told then.
    struct Ending {
        bool is_command = false; ///< it was one that we know
        Expunges expunges = Expunges::Told;
        Numbering numbering = Numbering::Sequence;
    };

    void greet();
    void answer(const imap::Command& command);
    Reply dispatch(const imap::Command& command, std::string& tag, Ending& ending);

    // tell.cc
    /// What an unsolicited FETCH tells.
    enum class Telling { Flags, ModSequence };
    /// Tells the client what happened in its mailbox. R25.
    void tell(Expunges expunges, Numbering numbering);
    /// The same, but for the HIGHESTMODSEQ that it gives if the client has to know it.
    std::optional<std::uint64_t> tell_changes(Expunges expunges, Numbering numbering);
    void write(const Updates& updates, Numbering numbering);
    void write_fetches(base::NumberSet uids, Telling telling, Numbering numbering);
    void write_fetch(const mailbox::Facts& facts, Telling telling, Numbering numbering);
    void tell_highest(std::uint64_t mod_sequence);
    void start_compression();
    Reply run(Request& request, Reply (*handler)(Session&, Request&));

    // tell.cc, for NOTIFY
    /// What was kept for later, and what comes now; the latter also without what the
    /// client does not want to hear of, which is kept then.
    mailbox::Changes with_kept(mailbox::Changes changes);
    mailbox::Changes keep_unwanted(mailbox::Changes changes);
    void fetch_new(base::NumberSet uids);
    std::optional<std::uint64_t> highest_to_tell() const;
    void tell_of_others();
    void stop_notifying();
    /// METADATA: what others annotate is told from now on. RFC 5464 §4.4
    void observe_annotations();
    /// What observes more than the selected mailbox, if anything does.
    Notifier* observer() const
    {
        return notifier_ ? notifier_.get() : annotations_.get();
    }
    bool observes() const { return mailbox_ || observer(); }

    // attachments.cc
    void mark_attachments();

    // loop.cc
    void take_turn();
    bool line_has_come();
    void wait_while_idle();
    void tell_while_idle();
    void end_idle();
    void rest();
    void listen();
    std::optional<std::int64_t> look_again_at() const;
    io::Deadline next_in_idle() const;
    void say_goodbye(io::Disconnected::Reason reason);
    void leave();

    const Start* start_;
    mailbox::Store* store_;
    const base::Clock* clock_;
    io::Stream* stream_;
    io::Wait* wait_;
    std::unique_ptr<io::Deflate> deflate_;
    io::Output output_;
    ClientSource source_;
    ClientSink sink_;
    imap::CommandReader reader_;
    imap::Writer writer_;
    Names names_;

    std::unique_ptr<mailbox::Mailbox> mailbox_;
    std::optional<View> view_;
    mailbox::Access access_ = mailbox::Access::ReadOnly;
    bool may_add_keywords_ = false; ///< the client has been told so
    Extensions enabled_;
    std::optional<Idle> idle_;
    std::unique_ptr<Notifier> notifier_;
    std::unique_ptr<Notifier> annotations_; ///< until NOTIFY says what is told
    mailbox::Changes kept_;        ///< of the selected mailbox, not asked for so far
    base::NumberSet unmarked_;     ///< to be looked at for attachments
    base::NumberSet own_messages_; ///< that came by the command in progress
    std::set<std::string> own_folders_; ///< into which it has put some
    bool is_own_change_ = false;        ///< the command changes messages itself
    bool in_response_ = false;
    bool is_over_ = false;
    bool compression_is_due_ = false;
    Tally tally_;
    int bad_commands_ = 0; ///< in a row, that were no commands at all
};

} // namespace imapd
