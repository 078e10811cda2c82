// SPDX-License-Identifier: ISC
#include "deliver/lmtp_data.h"

namespace deliver {

std::size_t LmtpData::feed(std::string_view octets, std::string& out)
{
    std::size_t taken = 0;
    while (taken < octets.size() && state_ != State::End) {
        if (state_ == State::Text) { // most octets are neither
            const auto rest = octets.substr(taken);
            const auto plain = rest.substr(0, rest.find('\r'));
            out += plain;
            taken += plain.size();
            if (taken == octets.size())
                break;
        }
        take(octets[taken++], out);
    }
    return taken;
}

void LmtpData::take(char c, std::string& out)
{
    switch (state_) {
    case State::LineStart:
        if (c == '.' && framing_ == Framing::Dots) {
            state_ = State::Dot;
            return;
        }
        break;
    case State::Dot: // the first dot goes, whatever follows
        if (c == '\r') {
            state_ = State::DotCr;
            return;
        }
        break;
    case State::DotCr:
        if (c == '\n') {
            state_ = State::End;
            return;
        }
        out += '\r';
        break;
    case State::Cr:
        if (c == '\n') {
            out += '\n';
            state_ = State::LineStart;
            return;
        }
        out += '\r';
        break;
    case State::Text:
    case State::End:
        break;
    }
    if (c == '\r') {
        state_ = State::Cr;
        return;
    }
    out += c;
    state_ = State::Text;
}

void LmtpData::finish(std::string& out)
{
    if (state_ == State::Cr)
        out += '\r';
    state_ = State::End;
}

} // namespace deliver
