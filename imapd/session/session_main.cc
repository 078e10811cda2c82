// SPDX-License-Identifier: ISC
/// \file
/// From a `Start` to a session, and to its end.
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "io/disconnected.h"
#include "io/stream.h"
#include "io/wait.h"
#include "mailbox/store.h"
#include "session/client.h"
#include "session/session.h"
#include "session/start.h"

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

} // namespace

int run_session(const Start& start)
{
    const base::SystemClock clock;
    base::SystemRandom random;
    io::Wait wait(clock);
    hear_stop_signals(wait);
    io::FdStream stream(start.read_fd, start.write_fd);
    try {
        const mailbox::StoreOptions options = {
            start.mail, start.index_directory, {}};
        auto store = mailbox::Store::open(options, clock, random, start.log);
        if (!store) {
            refuse(start, stream, wait, store.error());
            return 1;
        }
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
