// SPDX-License-Identifier: ISC
/// \file
/// Content transfer encodings, decoded piece by piece. RFC 2045 §6.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mime {

/// Decodes one body. Where the pieces are cut makes no difference; memory is
/// bounded by the piece.
///
/// Damage is passed over as RFC 2045 §6.7 and §6.8 advise (octets outside the
/// alphabet are ignored, a bad `=XX` stands for itself, padding may be missing) and
/// noted in `is_damaged`, because RFC 3516 §4.3 lets BINARY refuse what a FETCH for
/// people would rather show.
class Decoder {
public:
    /// Errors: Unsupported for an encoding other than 7bit, 8bit, binary,
    /// quoted-printable and base64 (in any case); empty is 7bit.
    static base::Result<Decoder> create(std::string_view encoding);

    /// What these octets add. Line ends come out as they went in: feed CRLF to
    /// get CRLF.
    std::string feed(std::string_view octets);
    /// What is left at the end of the body.
    std::string finish();

    /// Whether what has been fed so far is not what an encoder writes.
    bool is_damaged() const { return damaged_; }

private:
    enum class Kind { Identity, QuotedPrintable, Base64 };
    explicit Decoder(Kind kind) : kind_(kind) {}

    std::string feed_base64(std::string_view octets);
    /// A `=`: gives what the digits before it make.
    void end_quantum(std::string& out);
    std::string feed_quoted_printable(std::string_view octets);
    /// Whether `c`, together with what is held, is dealt with.
    bool resolve(std::string& out, char c);
    /// Gives what is held as it stands: `c` did not make anything of it.
    bool give_up(std::string& out);

    Kind kind_;
    bool damaged_ = false;
    /// Base64: bits not yet given, how many digits they came from, and after
    /// padding 1, or 2 while one more `=` belongs to it.
    std::uint32_t bits_ = 0;
    int digits_ = 0;
    int padding_ = 0;
    /// Quoted-printable: white space or an escape whose meaning the next octets decide.
    std::string held_;
};

} // namespace mime
