// SPDX-License-Identifier: ISC
/// \file
/// The tokens of IMAP commands.
///
/// RFC 9051 §9 and RFC 3501 §9, with RFC 7888 for `{n+}`, RFC 3516 for literal8 and
/// RFC 7162 for mod-sequences. One class for all tokens, because a handler wants to
/// read its arguments from one thing, in order. What a command's arguments are is in
/// the command's own file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/date_time.h"
#include "imap/flags.h"
#include "imap/sequence_set.h"
#include "imap/syntax_error.h"

namespace imap {

/// `<0.2048>` behind a FETCH section.
struct Partial {
    std::uint64_t offset = 0;
    std::uint64_t octets = 0; ///< never 0
};

/// Reads one command from left to right. All of it is in memory, as `CommandReader`
/// gives it: without the final CRLF, literals inline as `{n}` CRLF and n octets.
///
/// Every operation either takes its token and moves behind it, or throws
/// SyntaxError; after a throw the position is unspecified. Keywords are compared
/// without regard to case. The text is borrowed: it must live as long as the parser
/// and the views that it gave.
class Parser {
public:
    static constexpr std::size_t max_tag = 128;
    /// Numbers in `1.2.3`; more than parts of a message can be deep (mime::max_depth).
    static constexpr std::size_t max_section_depth = 256;
    static constexpr std::size_t max_header_fields = 1024;

    /// What may stand in a quoted string past US-ASCII: whatever a client sends, or,
    /// once it has said that it sends UTF-8, that alone (RFC 6855 §3, RFC 9051 §9).
    enum class Quoted { AnyOctets, Utf8 };

    explicit Parser(std::string_view text, Quoted quoted = Quoted::AnyOctets)
        : text_(text), quoted_(quoted)
    {
    }
    /// One that reads `text` by the same rules.
    Parser over(std::string_view text) const { return Parser(text, quoted_); }

    // What comes next.

    bool at_end() const { return at_ == text_.size(); }
    /// The next octet, or NUL at the end (no command has a NUL outside literals).
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    /// Whether `text` comes next; nothing is taken.
    bool sees(std::string_view text) const;
    /// Takes `text` if it comes next. This is a comparison of prefixes, not of
    /// words: ask for "(UNCHANGEDSINCE " with its space.
    bool accept(std::string_view text);
    /// Takes `text` or throws.
    void expect(std::string_view text);
    /// One SP. `before` is for the message: "the mailbox name".
    void space(std::string_view before = {});
    /// The end of the command.
    void end() const;
    /// What has not been taken yet.
    std::string_view rest() const { return text_.substr(at_); }

    // Strings.

    std::string_view tag();
    /// A command's name in capitals: letters, digits, `-`, `_`.
    std::string command_word();
    std::string_view atom();
    std::string astring();
    /// A quoted string or a literal.
    std::string string();
    /// nullopt for NIL.
    std::optional<std::string> nstring();
    /// With the escapes undone.
    std::string quoted();
    /// literal or literal8; only the latter may hold NULs.
    std::string_view literal();
    /// A mailbox pattern of LIST and LSUB.
    std::string list_mailbox();
    /// A mailbox name as it was on the wire, but INBOX in capitals. See
    /// mailbox_name.h for its UTF-8 form.
    std::string mailbox();

    // Numbers.

    std::uint32_t number();
    Number nz_number();
    /// 0 … 2^63-1.
    std::uint64_t number64();
    /// 0 … 2^63-1; whether 0 may stand here is the command's to say.
    std::uint64_t mod_sequence();
    SequenceSet sequence_set();
    /// One message: a number or `*`, as a set of one.
    SequenceSet seq_number();

    // Flags and dates.

    /// A keyword's name.
    std::string keyword();
    /// `(\Seen $Junk)`, `()`, or the bare list that STORE allows. \Recent is
    /// refused. Other names with a backslash are taken and dropped: RFC 9051 §2.3.2
    /// lets a server ignore flags that it does not store.
    Flags flags();
    /// With or without quotes.
    Date date();
    DateTime date_time();

    // Sections of FETCH.

    /// `1.2.3`, as far as there are numbers: stops in front of `.MIME`.
    std::vector<Number> section_part();
    /// `(From To)`, in the client's spelling.
    std::vector<std::string> header_list();
    /// `<0.2048>`.
    Partial partial();

private:
    [[noreturn]] void fail(std::string_view expected) const;
    template <class Predicate>
    std::string_view run(Predicate is_member, std::string_view expected);
    std::uint64_t digits(std::uint64_t largest, std::string_view expected);
    void add_flag(Flags& flags);

    std::string_view text_;
    Quoted quoted_;
    std::size_t at_ = 0;
};

} // namespace imap
