// SPDX-License-Identifier: ISC
/// \file
/// The words that structured header fields are made of. RFC 5322 §3.2, RFC 2045 §5.1.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mime {

/// A piece of a structured field.
struct Token {
    enum class Kind {
        End,     ///< nothing more
        Word,    ///< an atom or a token: whatever is nothing else
        Quoted,  ///< a quoted string, without quotes and backslashes
        Literal, ///< a domain literal, brackets and all
        Comment, ///< without its outer parentheses and backslashes
        Special, ///< one of the lexer's special characters
    };
    Kind kind = Kind::End;
    std::string text;
    bool after_space = false; ///< white space stands before it

    bool is(char special) const { return kind == Kind::Special && text[0] == special; }
};

/// Takes a field apart. Whatever the octets are, it comes to an end, in linear
/// time: a quote that nothing closes is a character like any other, and a
/// parenthesis that nothing closes is a comment up to the end.
class Lexer {
public:
    /// `specials` are the characters that stand for themselves. If `[` is one of
    /// them it opens a literal. The lexer reads `value` where it is.
    Lexer(std::string_view value, std::string_view specials)
        : rest_(value), specials_(specials)
    {
    }

    Token next();
    /// The next token that is no comment; it counts as after a space if one was
    /// passed over.
    Token next_plain();

private:
    Token quoted();
    Token comment();
    Token literal();
    Token word();

    std::string_view rest_;
    std::string_view specials_;
    bool quotes_are_over_ = false;   ///< no quote ahead has a partner
    bool brackets_are_over_ = false; ///< no `]` ahead
};

} // namespace mime
