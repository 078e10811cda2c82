// SPDX-License-Identifier: ISC
/// \file
/// What the tests of this room share: a Maildir in a temporary directory, a store that
/// serves it, and what other programs do to it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "../maildir/temporary.h"
#include "base/random.h"
#include "log/sink.h"
#include "mailbox/mailbox.h"
#include "mailbox/store.h"
#include "maildir/name.h"

namespace mailbox_test {

using base::Errc;
using mailbox::Access;
using mailbox::Changes;
using mailbox::FlagChange;
using mailbox::Mailbox;
using mailbox::Store;

/// The machine's clock, some seconds ahead of it: then what a test has just done to a
/// directory or a file lies behind us, and nothing has to be waited for.
class AheadClock final : public base::Clock {
public:
    std::int64_t wall_us() const override { return clock_.wall_us() + ahead_us; }
    std::int64_t steady_us() const override { return clock_.steady_us() + ahead_us; }

    std::int64_t ahead_us = 5'000'000;

private:
    base::SystemClock clock_;
};

inline std::string part(std::string_view name, const base::NumberSet& uids)
{
    return uids.empty() ? "" : std::string(name) + uids.to_text() + " ";
}

/// `+1:3 recent 3 -2 flags 1`, in this order; empty if there is nothing to tell.
inline std::string text_of(const Changes& changes)
{
    base::NumberSet flagged;
    for (const auto& one : changes.flagged)
        flagged.add(one.uid);
    std::string text = part("+", changes.appeared) + part("recent ", changes.recent) +
                       part("-", changes.vanished) + part("flags ", flagged);
    if (!text.empty())
        text.pop_back();
    return text;
}

/// A Maildir and a store on it. Messages are called as the test calls them.
struct Fixture {
    Fixture() { open_store(); }

    void open_store()
    {
        inbox.reset();
        store.reset();
        auto opened = Store::open(options(), clock, random, logging::Log());
        BOOST_REQUIRE(opened.has_value());
        store = std::move(*opened);
    }
    mailbox::StoreOptions options() const
    {
        mailbox::StoreOptions options;
        options.mail = root.path() + "/mail";
        options.host = "host";
        return options;
    }
    /// Selects INBOX anew.
    Mailbox& select(Access access = Access::ReadWrite)
    {
        inbox.reset();
        auto opened = store->open("", access);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().text));
        inbox = std::move(*opened);
        return *inbox;
    }
    /// What a session would be told now.
    std::string told()
    {
        const auto synced = inbox->sync();
        BOOST_REQUIRE_MESSAGE(synced.has_value(), (synced ? "" : synced.error().text));
        return text_of(inbox->changes());
    }
    void write(const std::string& name, std::string_view text = "Subject: x\n\nx\n")
    {
        root.write("mail/" + name, text);
    }
    /// As a delivery agent does it.
    void deliver(const std::string& name, std::string_view text = "Subject: x\n\nx\n")
    {
        write("tmp/" + name, text);
        rename("tmp/" + name, "new/" + name);
    }
    void rename(const std::string& from, const std::string& to)
    {
        BOOST_REQUIRE(::renameat(root.fd(), ("mail/" + from).c_str(), root.fd(),
                                 ("mail/" + to).c_str()) == 0);
    }
    void link(const std::string& from, const std::string& to)
    {
        BOOST_REQUIRE(::linkat(root.fd(), ("mail/" + from).c_str(), root.fd(),
                               ("mail/" + to).c_str(), 0) == 0);
    }
    void remove(const std::string& name)
    {
        BOOST_REQUIRE(::unlinkat(root.fd(), ("mail/" + name).c_str(), 0) == 0);
    }
    void delete_index()
    {
        if (root.has("mail/imapd-index.mdb"))
            remove("imapd-index.mdb");
        if (root.has("mail/imapd-index.mdb-lock"))
            remove("imapd-index.mdb-lock");
    }
    std::string names(const std::string& directory) const
    {
        return root.names("mail/" + directory);
    }
    std::string uidlist() const { return root.read("mail/dovecot-uidlist"); }
    std::string content(mailbox::Uid uid)
    {
        auto message = inbox->message(uid);
        if (!message)
            return "(" + std::string(base::name_of(message.error().code)) + ")";
        return io::read_whole(message->fd.get(), 1 << 20).value();
    }
    std::uint8_t flags(mailbox::Uid uid) { return inbox->facts(uid)->flags.system; }

    maildir_test::Temporary root;
    AheadClock clock;
    base::SystemRandom random;
    logging::CaptureSink log;
    std::unique_ptr<Store> store;
    std::unique_ptr<Mailbox> inbox;
};

inline FlagChange add_flags(std::uint8_t flags, std::vector<std::string> keywords = {})
{
    return {FlagChange::Mode::Add, flags, std::move(keywords)};
}

/// Runs `work` in a process of its own, to its end; what it gives is the exit status.
template <class Work>
int in_child(Work work)
{
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0)
        ::_exit(work());
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace mailbox_test
