// SPDX-License-Identifier: ISC
#include "imap/list_pattern.h"

#include <algorithm>
#include <vector>

#include "text/ascii.h"

namespace imap {
namespace {

constexpr std::string_view inbox = "INBOX";

/// How many octets at the front of `name` compare without case.
std::size_t caseless_prefix(std::string_view name, char separator)
{
    const bool is_inbox = text::starts_with_ignoring_case(name, inbox) &&
                          (name.size() == inbox.size() ||
                           (separator != '\0' && name[inbox.size()] == separator));
    return is_inbox ? inbox.size() : 0;
}

/// The places in a pattern that the part of the name seen so far can have led to.
/// Place `i` is in front of octet `i`; the last place is behind the pattern.
class States {
public:
    explicit States(std::string_view pattern)
        : pattern_(pattern), now_(pattern.size() + 1), next_(pattern.size() + 1)
    {
        reach(now_, 0);
    }

    /// Goes on by one octet of the name.
    void step(char c, bool is_caseless, char separator)
    {
        std::fill(next_.begin(), next_.end(), false);
        for (std::size_t i = 0; i < pattern_.size(); ++i) {
            if (!now_[i])
                continue;
            const char p = pattern_[i];
            if (p == '*' || (p == '%' && (c != separator || separator == '\0')))
                reach(next_, i);
            else if (p != '%' && (p == c || (is_caseless &&
                                             text::to_lower(p) == text::to_lower(c))))
                reach(next_, i + 1);
        }
        now_.swap(next_);
    }

    bool at_end() const { return now_.back(); }
    bool any_left() const
    {
        return std::find(now_.begin(), now_.end() - 1, true) != now_.end() - 1;
    }

private:
    /// `place`, and what follows it if it is a wildcard that stands for nothing.
    void reach(std::vector<bool>& places, std::size_t place)
    {
        while (!places[place]) {
            places[place] = true;
            if (place == pattern_.size() ||
                (pattern_[place] != '*' && pattern_[place] != '%'))
                return;
            ++place;
        }
    }

    std::string_view pattern_;
    std::vector<bool> now_;
    std::vector<bool> next_;
};

/// The states after all of `name`, whose first octets compare without case.
States run(std::string_view pattern, std::string_view name, std::size_t caseless,
           char separator)
{
    States states(pattern);
    for (std::size_t i = 0; i < name.size(); ++i)
        states.step(name[i], i < caseless, separator);
    return states;
}

} // namespace

ListPattern::ListPattern(std::string_view pattern, char separator)
    : separator_(separator)
{
    for (const char c : pattern) {
        const bool is_wild = c == '*' || c == '%';
        const char before = text_.empty() ? '\0' : text_.back();
        if (!is_wild || (before != '*' && before != '%'))
            text_ += c;
        else if (c == '*')
            text_.back() = '*';
    }
}

bool ListPattern::matches(std::string_view name) const
{
    return run(text_, name, caseless_prefix(name, separator_), separator_).at_end();
}

bool ListPattern::may_match_below(std::string_view name) const
{
    if (separator_ == '\0')
        return false;
    std::string parent(name);
    parent += separator_;
    return run(text_, parent, caseless_prefix(parent, separator_), separator_)
        .any_left();
}

bool ListPattern::is_literal() const
{
    return text_.find_first_of("*%") == std::string::npos;
}

} // namespace imap
