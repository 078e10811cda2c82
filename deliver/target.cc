// SPDX-License-Identifier: ISC
#include "deliver/target.h"

#include <algorithm>
#include <utility>

#include "maildir/tree.h"
#include "text/ascii.h"
#include "text/utf7.h"

namespace deliver {
namespace {

/// The folder `name` (as on disk), made if it is not there.
base::Result<maildir::Folder> open_or_create(const maildir::Tree& tree,
                                             const std::string& name)
{
    auto folder = tree.folder(name);
    if (folder || folder.error().code != base::Errc::NotFound)
        return folder;
    auto created = tree.create(name);
    if (!created && created.error().code == base::Errc::Exists)
        return tree.folder(name); // another delivery was faster
    return created;
}

} // namespace

base::Result<Target> open_target(const std::string& mail,
                                 const std::optional<std::string>& wanted,
                                 char separator)
{
    const auto tree = maildir::Tree::open_or_create(mail);
    if (!tree)
        return tree.error();

    std::optional<base::Error> fallback;
    const auto name = name_on_disk(wanted.value_or("INBOX"), separator);
    if (!name) {
        fallback = name.error();
    } else if (!name->empty()) {
        auto folder = open_or_create(*tree, *name);
        if (folder)
            return Target{std::move(*folder), *name, std::nullopt};
        fallback = folder.error();
    }

    auto inbox = tree->folder("");
    if (!inbox)
        return inbox.error();
    return Target{std::move(*inbox), "INBOX", std::move(fallback)};
}

base::Result<std::string> name_on_disk(std::string_view name, char separator)
{
    if (text::equal_ignoring_case(name, "INBOX"))
        return std::string();
    auto encoded = text::utf7_encode(name);
    if (!encoded)
        return encoded.error();
    // `/` separates levels where the client sees it so; `.` always does on disk, so
    // there a level with a dot in it cannot be told from two.
    const bool has_dot = encoded->find('.') != std::string::npos;
    if (separator != '.' && has_dot)
        return base::Error{base::Errc::Cannot,
                           "no folder can have a dot in its name: " + *encoded};
    std::replace(encoded->begin(), encoded->end(), separator, '.');
    if (!maildir::Tree::is_valid(*encoded))
        return base::Error{base::Errc::Cannot,
                           "no folder can have this name: " + *encoded};
    return encoded;
}

} // namespace deliver
