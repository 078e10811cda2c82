// SPDX-License-Identifier: ISC
#include "mime/lexer.h"

#include "text/ascii.h"

namespace mime {

Token Lexer::next()
{
    const std::size_t before = rest_.size();
    rest_ = text::trim_front(rest_);
    const bool spaced = rest_.size() != before;
    if (rest_.empty())
        return {Token::Kind::End, {}, spaced};

    const char c = rest_.front();
    Token token;
    if (c == '(')
        token = comment();
    else if (c == '"')
        token = quoted();
    else if (c == '[' && specials_.find('[') != std::string_view::npos)
        token = literal();
    else
        token = word();
    token.after_space = spaced;
    return token;
}

Token Lexer::next_plain()
{
    bool spaced = false;
    for (;;) {
        Token token = next();
        spaced = spaced || token.after_space || token.kind == Token::Kind::Comment;
        if (token.kind == Token::Kind::Comment)
            continue;
        token.after_space = spaced;
        return token;
    }
}

Token Lexer::quoted()
{
    if (quotes_are_over_)
        return word();
    Token token{Token::Kind::Quoted, {}};
    for (std::size_t i = 1; i < rest_.size(); ++i) {
        if (rest_[i] == '"') {
            rest_.remove_prefix(i + 1);
            return token;
        }
        if (rest_[i] == '\\' && i + 1 < rest_.size())
            ++i;
        if (rest_[i] != '\n' && !(rest_[i] == '\r' && rest_.substr(i + 1, 1) == "\n"))
            token.text += rest_[i];
    }
    quotes_are_over_ = true;
    return word();
}

Token Lexer::comment()
{
    Token token{Token::Kind::Comment, {}};
    std::size_t depth = 1;
    std::size_t i = 1;
    for (; i < rest_.size(); ++i) {
        char c = rest_[i];
        if (c == '(')
            ++depth;
        else if (c == ')' && --depth == 0)
            break;
        else if (c == '\\' && i + 1 < rest_.size())
            c = rest_[++i];
        if (c != '\n' && c != '\r')
            token.text += c;
    }
    rest_.remove_prefix(i < rest_.size() ? i + 1 : i);
    return token;
}

Token Lexer::literal()
{
    const std::size_t end =
        brackets_are_over_ ? std::string_view::npos : rest_.find(']');
    if (end == std::string_view::npos) {
        brackets_are_over_ = true;
        return word();
    }
    Token token{Token::Kind::Literal, {}};
    for (const char c : rest_.substr(0, end + 1))
        if (!text::is_space(c)) // RFC 5322 §3.4.1 lets it be folded
            token.text += c;
    rest_.remove_prefix(end + 1);
    return token;
}

Token Lexer::word()
{
    const auto special = [this](char c) {
        return c != '[' && specials_.find(c) != std::string_view::npos;
    };
    if (special(rest_.front())) {
        Token token{Token::Kind::Special, std::string(1, rest_.front())};
        rest_.remove_prefix(1);
        return token;
    }
    Token token{Token::Kind::Word, {}};
    std::size_t i = 0;
    do { // the first character is ours whatever it is
        token.text += rest_[i++];
    } while (i < rest_.size() && !text::is_space(rest_[i]) && rest_[i] != '(' &&
             !special(rest_[i]) && (rest_[i] != '"' || quotes_are_over_) &&
             (rest_[i] != '[' || brackets_are_over_ ||
              specials_.find('[') == std::string_view::npos));
    rest_.remove_prefix(i);
    return token;
}

} // namespace mime
