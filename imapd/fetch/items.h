// SPDX-License-Identifier: ISC
/// \file
/// What FETCH asks for. RFC 9051 §6.4.5 and `fetch-att` in §9; RFC 3501 for RFC822.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/parser.h"

namespace imapd {

/// Octets of a message, and how the answer calls them.
struct Section {
    enum class Text { Whole, Header, Fields, FieldsNot, Text, Mime };
    std::vector<std::uint32_t> part; ///< "1.2" of BODY[1.2.MIME]; empty: the message
    Text text = Text::Whole;
    std::vector<std::string> fields; ///< of Fields and FieldsNot
    std::optional<imap::Partial> partial;
    /// BODY gives the octets as they are, BINARY and BINARY.SIZE decoded.
    enum class Form { AsItIs, Decoded, DecodedSize } form = Form::AsItIs;
    bool sets_seen = false;
    std::string label; ///< `BODY[1.2.MIME]<0>`, `RFC822.HEADER` …
};

/// One thing that is asked for.
struct Item {
    enum class Kind {
        Flags,
        InternalDate,
        Size,
        Uid,
        ModSequence,
        SaveDate, ///< RFC 8514
        EmailId,  ///< RFC 8474
        ThreadId,
        Preview, ///< RFC 8970
        LazyPreview,
        Envelope,
        Body,
        BodyStructure,
        Section,
    };
    Kind kind = Kind::Flags;
    Section section;
};

/// All that one FETCH asks for, in the client's order, each once.
struct Items {
    /// More than so many in one command are refused.
    static constexpr std::size_t max_items = 1000;

    std::vector<Item> list;
    bool sets_seen() const;
    /// Whether a message is read for it, rather than about it.
    bool have_text() const;
    bool has(Item::Kind kind) const;
    /// Whether the index alone has the answer, whatever was cached.
    bool are_in_index() const;
};

/// Parses what stands between the brackets of BODY[]: `1.2.MIME`, `HEADER`, or nothing.
/// Throws imap::SyntaxError.
Section parse_section_text(std::string_view text);

/// Parses `ALL / FULL / FAST / fetch-att / "(" fetch-att *(SP fetch-att) ")"`. Throws
/// imap::SyntaxError.
Items parse_items(imap::Parser& in);

} // namespace imapd
