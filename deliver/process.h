// SPDX-License-Identifier: ISC
/// \file
/// What a delivery needs of its process: signals, time, descriptors, and whether the
/// one who writes the message is still there.
#pragma once

#include <cstdint>

#include <sys/types.h>

#include "deliver/exit_status.h"

namespace deliver {

/// Time for a delivery until its settings are known, which have their own.
inline constexpr unsigned time_limit = 900;

/// The most for one by LMTP: a client waits ten minutes for its replies (RFC 5321
/// §4.5.3.2.6), and this and what comes after it have to be over by then.
inline constexpr std::int64_t lmtp_time_limit = 480;

/// Time for the last step, counted anew: renaming the message into `new/` and
/// syncing the directory. What hangs there has perhaps been delivered, and is
/// delivered again rather than bounced.
inline constexpr unsigned publish_time_limit = 60;

/// To be called first in main(). From here on
/// - files are made for their owner only;
/// - descriptors 0, 1 and 2 are open, so that no message file becomes one of them and
///   a line meant for standard error ends up in somebody's mail;
/// - a write past a size limit, or into a closed pipe, is an error and not a signal;
/// - SIGALRM after `time_limit`, and a polite request to end, are status 75. A death
///   by the signal itself would do for Postfix, but a shell in between turns it into
///   a number that bounces.
void prepare_process();

/// So much time is left for this delivery, in seconds, but for its last step.
void limit_time(std::int64_t seconds);

/// We are to serve for as long as we are wanted: no alarm, and a polite request ends us
/// as it does everybody. A child that delivers calls prepare_process() again.
void prepare_service();

/// One delivery is done and another may come, for which limit_time() is called again:
/// no alarm until then, and a polite request ends us.
void rest();

/// The message is about to become visible: only a hung file system stops us now.
void begin_publishing();

/// Time for what comes after that, which is no more than a line for the log: a logger
/// that hangs must not make a mail server kill us.
inline constexpr unsigned closing_time_limit = 10;

/// The message is visible: nothing but 0 may come of it.
void end_publishing();

/// The process that started us, and so most likely the one that writes the message.
///
/// When a mail server dies in the middle of a message, its pipe ends as any other
/// does. The only sign is that our parent is another one than it was.
class Parent {
public:
    Parent();
    bool has_died() const;

private:
    pid_t pid_;
};

/// Writes the line, if there is one, to standard error; gives the number to exit with.
int finish(const Outcome& outcome);

} // namespace deliver
