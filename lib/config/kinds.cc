// SPDX-License-Identifier: ISC
#include "config/kinds.h"

namespace config {

using base::Done;
using base::Errc;
using base::Error;
using base::Status;

Error wrong(std::string text)
{
    return {Errc::Syntax, std::move(text), 0};
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

Status read_name(std::string_view text, std::string& into)
{
    if (text.find_first_of(" \t/:") != std::string_view::npos)
        return wrong("\"" + std::string(text) +
                     "\" is not a name; write one word "
                     "without \"/\" and \":\"");
    into = text;
    return Done{};
}

Status read_user(std::string_view text, std::string& into)
{
    if (text.empty())
        return wrong("is empty; write the name of a user");
    return read_name(text, into);
}

Status read_path(std::string_view text, std::string& into)
{
    if (!text.empty() && text.front() != '/')
        return wrong("\"" + std::string(text) +
                     "\" is not absolute; write a path that begins with \"/\"");
    into = text;
    return Done{};
}

} // namespace config
