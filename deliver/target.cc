// SPDX-License-Identifier: ISC
#include "deliver/target.h"

#include <algorithm>
#include <utility>

#include <fnmatch.h>
#include <unistd.h>

#include "maildir/subscriptions.h"
#include "text/ascii.h"
#include "text/utf7.h"

namespace deliver {
namespace {

using maildir::Subscriptions;

/// Adds `name` to the folders that the user sees. What Courier left is taken over
/// first, as imapd would do: it looks for that only while there is no file of ours.
base::Status subscribe(const maildir::Tree& tree, const std::string& name)
{
    if (::faccessat(tree.fd(), Subscriptions::file_name, F_OK, 0) != 0) {
        auto courier = Subscriptions::import_courier(tree.fd());
        if (courier)
            if (auto done = courier->save(tree.fd()); !done)
                return done;
    }
    return Subscriptions::subscribe(tree.fd(), name);
}

base::Result<maildir::Folder> create(const maildir::Tree& tree, const std::string& name,
                                     const config::Settings& settings)
{
    auto created = tree.create(name);
    if (!created && created.error().code == base::Errc::Exists)
        return tree.folder(name); // another delivery was faster
    // Not to be subscribed is no reason to keep a message out of its folder.
    if (created && settings.deliver.autosubscribe)
        static_cast<void>(subscribe(tree, name));
    return created;
}

/// The name of the one folder that is called so but for the case of ASCII letters;
/// `name` if there is none, or more than one.
std::string in_its_own_case(const maildir::Tree& tree, const std::string& name)
{
    const auto names = tree.list();
    if (!names)
        return name;
    const auto same = [&](const std::string& other) {
        return text::equal_ignoring_case(other, name);
    };
    const auto first = std::find_if(names->begin(), names->end(), same);
    if (first == names->end() ||
        std::find_if(first + 1, names->end(), same) != names->end())
        return name;
    return *first;
}

bool may_create(const Wish& wish, const config::Settings::Deliver& settings)
{
    if (wish.by == Wish::By::Option)
        return settings.autocreate;
    if (settings.extension != config::Extension::Create)
        return false;
    const auto matches = [&](const std::string& pattern) {
        return ::fnmatch(pattern.c_str(), wish.folder.c_str(), 0) == 0;
    };
    return std::any_of(settings.extension_pattern.begin(),
                       settings.extension_pattern.end(), matches);
}

/// The folder `name`, which is as on disk and not INBOX. It may get another spelling.
base::Result<maildir::Folder> open_wished(const maildir::Tree& tree, std::string& name,
                                          const Wish& wish,
                                          const config::Settings& settings)
{
    auto folder = tree.folder(name);
    if (folder || folder.error().code != base::Errc::NotFound)
        return folder;
    if (wish.by == Wish::By::Address) {
        if (auto spelled = in_its_own_case(tree, name); spelled != name) {
            name = std::move(spelled);
            return tree.folder(name);
        }
    }
    if (!may_create(wish, settings.deliver))
        return folder;
    return create(tree, name, settings);
}

} // namespace

base::Result<Target> open_target(const std::string& mail, const Wish& wish,
                                 const config::Settings& settings)
{
    auto tree = maildir::Tree::open_or_create(mail);
    if (!tree)
        return tree.error();

    std::optional<base::Error> fallback;
    auto name = name_on_disk(wish.folder.empty() ? inbox_name : wish.folder,
                             settings.mail.separator);
    if (!name) {
        fallback = name.error();
    } else if (!name->empty()) {
        auto folder = open_wished(*tree, *name, wish, settings);
        if (folder)
            return Target{std::move(*tree), std::move(*folder), *name, std::nullopt};
        fallback = folder.error();
    }

    auto inbox = tree->folder("");
    if (!inbox)
        return inbox.error();
    return Target{std::move(*tree), std::move(*inbox), inbox_name, std::move(fallback)};
}

base::Result<std::string> name_on_disk(std::string_view name, char separator)
{
    if (text::equal_ignoring_case(name, inbox_name))
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
