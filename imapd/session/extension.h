// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>

namespace imapd {

/// What changes the server's answers once a client has switched it on, by ENABLE (RFC
/// 5161, RFC 9051 §6.3.1) or by using it (CONDSTORE, RFC 7162 §3.1).
enum class Extension : std::uint8_t {
    Condstore,
    Qresync,
    Imap4rev2,
    Utf8Accept,
    Metadata,
};

/// Those that a client has switched on. There is no way to switch one off.
class Extensions {
public:
    void enable(Extension extension) { bits_ |= bit(extension); }
    bool has(Extension extension) const { return (bits_ & bit(extension)) != 0; }

private:
    static constexpr std::uint32_t bit(Extension extension)
    {
        return std::uint32_t{1} << static_cast<unsigned>(extension);
    }
    std::uint32_t bits_ = 0;
};

} // namespace imapd
