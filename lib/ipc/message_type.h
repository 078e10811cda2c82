// SPDX-License-Identifier: ISC
/// \file
/// How every message of this room begins.
#pragma once

#include <cstdint>

#include "ipc/message.h"

namespace ipc {

enum class MessageType : std::uint64_t {
    AuthRequest = 0x61757468'00000001,
    AuthReply,
    AuthAnswer,
    LoginSettings,
    Client,
    LoginNotice,
    AttemptNotice,
    Dismissal,
    Verdict,
};

/// A writer that has written the type.
inline MessageWriter begin(MessageType type)
{
    MessageWriter out;
    out.number(static_cast<std::uint64_t>(type));
    return out;
}

/// Reads the type; another one than `type` makes `in.end()` fail.
inline void expect(MessageReader& in, MessageType type)
{
    in.expect(static_cast<std::uint64_t>(type));
}

/// Reads an enumerator that is no greater than `last`.
template <class Enum>
Enum enumerator(MessageReader& in, Enum last)
{
    return static_cast<Enum>(in.number(static_cast<std::uint64_t>(last)));
}

} // namespace ipc
