// SPDX-License-Identifier: ISC
/// \file
/// Reading address lists the way that survives mail: the list is cut into elements
/// at the commas first, and each element is then read for what it can be. A
/// grammar that runs over the commas, as RFC 5322 writes it, loses all that follows
/// a mistake.

#include "mime/address.h"

#include <algorithm>
#include <utility>

#include "mime/lexer.h"
#include "text/ascii.h"

namespace mime {
namespace {

using Tokens = std::vector<Token>;
using Span = std::pair<std::size_t, std::size_t>; ///< from, to (not included)

/// The tokens of `span` as they were written, runs of white space as one space.
std::string joined(const Tokens& tokens, Span span)
{
    std::string out;
    for (std::size_t i = span.first; i < span.second; ++i) {
        if (tokens[i].kind == Token::Kind::Comment)
            continue;
        const bool gap = tokens[i].after_space ||
                         (i > span.first && tokens[i - 1].kind == Token::Kind::Comment);
        if (gap && !out.empty())
            out += ' ';
        out += tokens[i].text;
    }
    return out;
}

std::optional<std::string> if_any(std::string text)
{
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

/// Where the token `special` is in `span`, or the span's end.
std::size_t find(const Tokens& tokens, Span span, char special)
{
    std::size_t i = span.first;
    while (i < span.second && !tokens[i].is(special))
        ++i;
    return i;
}

/// A dotted run: words and dots, white space around the dots allowed (RFC 5322
/// §4.4), up to the first thing that does not belong to it.
struct Dotted {
    std::string text;
    std::size_t end;
};
Dotted dotted(const Tokens& tokens, Span span)
{
    Dotted run{{}, span.first};
    bool spaced = false;
    for (std::size_t& i = run.end; i < span.second; ++i) {
        const Token& token = tokens[i];
        if (token.kind == Token::Kind::Comment) {
            spaced = true;
            continue;
        }
        if (token.kind == Token::Kind::Special)
            break;
        const bool dot = token.text.starts_with('.') || run.text.ends_with('.');
        if ((spaced || token.after_space) && !run.text.empty() && !dot)
            break;
        spaced = false;
        run.text += token.text;
    }
    return run;
}

class Parser {
public:
    explicit Parser(std::string_view value) : lexer_(value, "<>@,;:[") {}

    Addresses run() &&
    {
        for (;;) {
            Token token = lexer_.next();
            if (token.kind == Token::Kind::End)
                break;
            if (takes(token)) {
                if (token.is('<'))
                    in_route_ = RouteState::Possible;
                element_.push_back(std::move(token));
                continue;
            }
            end_element(token.text[0]);
            if (addresses_.size() + 3 > max_addresses)
                break; // room for an address and the end of its group
        }
        end_element(';');
        return std::move(addresses_);
    }

private:
    /// Between `<` and the colon of an obsolete route, commas and that colon are
    /// part of the element: `<@a,@b:c@d>`.
    enum class RouteState { No, Possible, Yes };

    bool takes(const Token& token)
    {
        if (token.kind == Token::Kind::Comment)
            return true;
        const auto before = in_route_;
        if (before == RouteState::Possible)
            in_route_ = token.is('@') ? RouteState::Yes : RouteState::No;
        if (before == RouteState::Yes && (token.is(':') || token.is('>')))
            in_route_ = RouteState::No;
        if (before == RouteState::Yes && (token.is(':') || token.is(',')))
            return true;
        return !token.is(',') && !token.is(';') && !token.is(':');
    }

    void end_element(char separator)
    {
        in_route_ = RouteState::No;
        const Span all{0, element_.size()};
        if (separator == ':' && !in_group_ && find(element_, all, '@') == all.second) {
            addresses_.push_back({{}, {}, joined(element_, all), {}});
            in_group_ = true;
        } else {
            add_address(all);
        }
        if (separator == ';' && in_group_) {
            addresses_.push_back({});
            in_group_ = false;
        }
        element_.clear();
    }

    void add_address(Span all)
    {
        // RFC 5322 §4.4: nothing, or only comments, between commas is no address.
        const bool empty =
            std::all_of(element_.begin(), element_.end(), [](const Token& token) {
                return token.kind == Token::Kind::Comment;
            });
        if (empty)
            return;
        const std::size_t angle = find(element_, all, '<');
        addresses_.push_back(angle < all.second ? with_angle(angle) : plain(all));
    }

    /// [display-name] "<" [route ":"] addr-spec ">"
    Address with_angle(std::size_t angle) const
    {
        Address address;
        address.name = if_any(joined(element_, {0, angle}));
        Span inside{angle + 1, 0};
        inside.second = find(element_, {angle + 1, element_.size()}, '>');
        const std::size_t colon = find(element_, inside, ':');
        if (colon < inside.second) {
            std::string route;
            for (std::size_t i = inside.first; i < colon; ++i)
                if (element_[i].kind != Token::Kind::Comment)
                    route += element_[i].text;
            address.route = if_any(std::move(route));
            inside.first = colon + 1;
        }
        const std::size_t at = find(element_, inside, '@');
        address.mailbox = local_part({inside.first, at});
        address.host = domain({std::min(at + 1, inside.second), inside.second});
        return address;
    }

    /// addr-spec, and the comment after it for a name; or words that are a name
    /// without an address.
    Address plain(Span all) const
    {
        Address address;
        const Dotted local = dotted(element_, all);
        const bool at = local.end < all.second && element_[local.end].is('@');
        if (at || local.end == all.second) {
            address.mailbox = local.text;
            address.host = at ? domain({local.end + 1, all.second}) : "";
            address.name = last_comment();
            return address;
        }
        const std::size_t end = find(element_, all, '@');
        address.name = if_any(joined(element_, {0, end}));
        address.mailbox = "";
        address.host = "";
        return address;
    }

    /// A local part with gaps in it is wrong but all there is.
    std::string local_part(Span span) const
    {
        const Dotted local = dotted(element_, span);
        return local.end == span.second ? local.text : joined(element_, span);
    }

    std::string domain(Span span) const { return dotted(element_, span).text; }

    /// The last comment that stands after the first word: the older way to give a
    /// name, `ann@example.com (Ann)`.
    std::optional<std::string> last_comment() const
    {
        const auto plain = [](const Token& t) {
            return t.kind != Token::Kind::Comment;
        };
        const auto word = std::find_if(element_.begin(), element_.end(), plain);
        for (auto i = element_.end(); i != word; --i)
            if (const Token& token = *std::prev(i); !plain(token))
                return if_any(std::string(text::trim(token.text)));
        return {};
    }

    Lexer lexer_;
    Tokens element_;
    Addresses addresses_;
    bool in_group_ = false;
    RouteState in_route_ = RouteState::No;
};

} // namespace

Addresses parse_addresses(std::string_view value)
{
    return Parser(value).run();
}

} // namespace mime
