// SPDX-License-Identifier: ISC
/// \file
/// The message as it stands between DATA and the lone dot, or in the chunks of BDAT.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace deliver {

/// Takes off the framing: the dots of RFC 5321 §4.5.2, and CRLF, which becomes the LF
/// that Maildirs have. Bare CRs and LFs stay as they are, and end no line: a dot
/// between bare LFs ends no message either, or whoever wrote it could smuggle in
/// another one.
class LmtpData {
public:
    enum class Framing {
        Dots,   ///< DATA
        Chunks, ///< BDAT: the octets are counted, and dots mean nothing
    };
    explicit LmtpData(Framing framing) : framing_(framing) {}

    /// Takes octets, all of them or, with dots, those up to the end of the message;
    /// gives how many that were. What they stand for is added to `out`.
    std::size_t feed(std::string_view octets, std::string& out);

    /// Whether the lone dot has come.
    bool has_ended() const { return state_ == State::End; }

    /// The last chunk has come: what is held back is added to `out`.
    void finish(std::string& out);

private:
    enum class State { LineStart, Dot, DotCr, Text, Cr, End };
    void take(char c, std::string& out);

    Framing framing_;
    State state_ = State::LineStart;
};

} // namespace deliver
