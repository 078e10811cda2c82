// SPDX-License-Identifier: ISC
#include "auth/location.h"

#include <algorithm>

namespace auth {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;

namespace {

bool is_control(char c)
{
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7f;
}

Error cannot(std::string text)
{
    return {Errc::Cannot, std::move(text), 0};
}

/// What the variables stand for.
struct Values {
    std::string_view user;
    std::string_view home;

    Result<std::string_view> of(char variable) const
    {
        const std::size_t at = user.find('@');
        switch (variable) {
        case 'u':
            return user;
        case 'n':
            return user.substr(0, at);
        case 'd':
            // Without this `%d/%n` would put a user called like a domain into the
            // place of that domain.
            if (at == std::string_view::npos)
                return cannot(
                    "the location needs a domain (%d), and the user has none");
            return user.substr(at + 1);
        case 'h':
            if (home.empty())
                return cannot("the location needs a home, and the user has none");
            return home;
        case '%':
            return std::string_view("%");
        default:
            return cannot(std::string("the location has an unknown variable %") +
                          variable);
        }
    }
};

bool has_parent_component(std::string_view path)
{
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (path.substr(0, end) == "..")
            return true;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return false;
}

} // namespace

base::Status check_user(std::string_view user)
{
    const auto refused = [](const char* why) {
        return Error{Errc::Refused, std::string("the user's name ") + why, 0};
    };
    if (user.empty())
        return refused("is empty");
    if (user.size() > max_user)
        return refused("is too long");
    if (std::any_of(user.begin(), user.end(), is_control))
        return refused("has a control character");
    if (user.find('/') != std::string_view::npos)
        return refused("has a slash");
    if (user.front() == '.' || user.find("..") != std::string_view::npos)
        return refused("has two dots, or one at its start");
    const std::size_t at = user.find('@');
    if (at == std::string_view::npos)
        return Done{};
    const std::string_view domain = user.substr(at + 1);
    if (at == 0 || domain.empty())
        return refused("has nothing before or after its @");
    if (domain.front() == '.' || domain.find('@') != std::string_view::npos)
        return refused("has a domain that is none");
    return Done{};
}

Result<std::string> expand_location(std::string_view pattern, std::string_view user,
                                    std::string_view home)
{
    if (auto fine = check_user(user); !fine)
        return fine.error();
    constexpr std::string_view prefix = "maildir:";
    if (pattern.starts_with(prefix))
        pattern.remove_prefix(prefix.size());

    const Values values{user, home};
    std::string path;
    if (pattern == "~" || pattern.starts_with("~/")) {
        const auto value = values.of('h');
        if (!value)
            return value.error();
        path = *value;
        pattern.remove_prefix(1);
    }
    while (!pattern.empty()) {
        const std::size_t percent = std::min(pattern.find('%'), pattern.size());
        path += pattern.substr(0, percent);
        pattern.remove_prefix(percent);
        if (pattern.empty())
            break;
        const auto value = values.of(pattern.size() > 1 ? pattern[1] : ' ');
        if (!value)
            return value.error();
        path += *value;
        pattern.remove_prefix(2);
    }

    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    if (path.empty() || path.front() != '/')
        return cannot("the location is not absolute: " + path);
    if (has_parent_component(path))
        return cannot("the location has \"..\" in it: " + path);
    return path;
}

} // namespace auth
