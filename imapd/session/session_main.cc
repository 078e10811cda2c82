// SPDX-License-Identifier: ISC
/// \file
/// From a `Start` to a session, and to its end.
#include <string>
#include <utility>
#include <vector>

#include <malloc.h>

#include "base/clock.h"
#include "base/random.h"
#include "io/disconnected.h"
#include "io/stream.h"
#include "io/wait.h"
#include "mailbox/store.h"
#include "session/client.h"
#include "session/names.h"
#include "session/session.h"
#include "session/start.h"
#include "session/walls.h"

namespace imapd {
namespace {

/// The client gets to hear that its mail cannot be had; the log hears why.
void refuse(const Start& start, io::Stream& stream, io::Wait& wait,
            const base::Error& error)
{
    start.log.error("no-mailbox", {{"mail", start.mail}, {"error", error.text}});
    io::Output output(stream, wait);
    if (start.tag.empty())
        output.write("* BYE [UNAVAILABLE] The mailbox cannot be opened\r\n");
    else
        output.write(start.tag + " NO [UNAVAILABLE] The mailbox cannot be opened\r\n"
                                 "* BYE Try again later\r\n");
    output.flush();
}

/// The folders of [mailboxes], as the store calls them.
std::vector<mailbox::DefaultFolder> default_folders(const Start& start)
{
    using mailbox::SpecialUse;
    const auto& mailboxes = start.settings->mailboxes;
    const std::pair<SpecialUse, const std::string*> wanted[] = {
        {SpecialUse::Drafts, &mailboxes.drafts},
        {SpecialUse::Sent, &mailboxes.sent},
        {SpecialUse::Junk, &mailboxes.junk},
        {SpecialUse::Trash, &mailboxes.trash},
        {SpecialUse::Archive, &mailboxes.archive}};
    const Names names(start.settings->mail.separator, Names::Form::Utf8);
    std::vector<mailbox::DefaultFolder> folders;
    for (const auto& [use, name] : wanted) {
        if (name->empty())
            continue;
        auto folder = names.new_folder(*name);
        if (!folder)
            start.log.warn("default-folder",
                           {{"name", *name}, {"error", folder.error().text}});
        else
            folders.push_back({use, std::move(*folder)});
    }
    return folders;
}

} // namespace

int run_session(const Start& start)
{
    // LMDB allocates 2 MB for every environment and touches little of it. From
    // mmap(2) they come as zero pages; but freeing them makes glibc raise the size from
    // which it uses mmap(2), and the next ones would be cleared, and so taken up.
    ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    const base::SystemClock clock;
    base::SystemRandom random;
    io::Wait wait(clock);
    hear_signals(wait);
    io::FdStream stream(start.read_fd, start.write_fd);
    try {
        const mailbox::StoreOptions options = {
            .mail = start.mail,
            .index_directory = start.index_directory,
            .host = {},
            .defaults = default_folders(start),
            .quota = {start.quota.storage, start.quota.messages},
            .most_folders = start.settings->limits.mailboxes,
            .poll_warning = start.poll_warning};
        if (const auto done = shut_in(start); !done) {
            refuse(start, stream, wait, done.error());
            return 1;
        }
        auto store = mailbox::Store::open(options, clock, random, start.log);
        if (!store) {
            refuse(start, stream, wait, store.error());
            return 1;
        }
        if (const auto made = (*store)->make_defaults(); !made)
            start.log.warn("no-default-folders", {{"error", made.error().text}});
        Session(start, **store, clock, stream, wait).run();
    } catch (const io::Disconnected&) {
        // Before the session had begun; nobody is left to be told.
    } catch (const std::exception& error) {
        start.log.error("internal-error", {{"what", error.what()}});
        return 1;
    }
    return 0;
}

} // namespace imapd
