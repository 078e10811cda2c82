// SPDX-License-Identifier: ISC
#include "maildir/special_use.h"

#include "io/file.h"
#include "maildir/tree.h"
#include "text/ascii.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view attributes[] = {"\\Archive", "\\Drafts", "\\Junk", "\\Sent",
                                           "\\Trash"};
constexpr std::string_view comment =
    "# What folders are for, as mail programs have set it: see imapd.conf(5)";

/// `folder` with `from` at its front replaced, if it is that or below it.
std::optional<std::string> renamed(std::string_view folder, std::string_view from,
                                   std::string_view to)
{
    if (!folder.starts_with(from) ||
        (folder.size() > from.size() && folder[from.size()] != '.'))
        return std::nullopt;
    return std::string(to) + std::string(folder.substr(from.size()));
}

template <class Change>
Status change_file(int root_fd, Change change)
{
    auto file = SpecialUseFile::load(root_fd);
    if (!file)
        return file.error();
    if (!change(*file))
        return Done{};
    return io::replace_file_at(root_fd, SpecialUseFile::file_name, file->to_text());
}

} // namespace

std::string_view attribute_of(SpecialUse use)
{
    return attributes[static_cast<std::size_t>(use)];
}

std::optional<SpecialUse> special_use_of(std::string_view attribute)
{
    for (const SpecialUse use : special_uses) {
        if (text::equal_ignoring_case(attribute, attribute_of(use)))
            return use;
    }
    return std::nullopt;
}

Result<SpecialUseFile> SpecialUseFile::load(int root_fd)
{
    const auto text = io::read_file_at(root_fd, file_name, max_octets);
    if (!text && text.error().code == Errc::NotFound)
        return SpecialUseFile();
    if (!text)
        return text.error();
    return parse(*text);
}

SpecialUseFile SpecialUseFile::parse(std::string_view text)
{
    SpecialUseFile file;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line == comment)
            continue;
        const auto space = line.find(' ');
        const auto use = special_use_of(line.substr(0, space));
        if (use && space != std::string_view::npos &&
            Tree::is_valid(line.substr(space + 1)))
            file.folders_[*use] = line.substr(space + 1);
        else
            file.other_lines_.emplace_back(line);
    }
    return file;
}

bool SpecialUseFile::forget(std::string_view folder)
{
    return std::erase_if(folders_, [&](const auto& f) { return f.second == folder; }) >
           0;
}

bool SpecialUseFile::rename(std::string_view from, std::string_view to)
{
    bool is_changed = false;
    for (auto& [use, folder] : folders_) {
        if (auto name = renamed(folder, from, to)) {
            folder = std::move(*name);
            is_changed = true;
        }
    }
    return is_changed;
}

std::string SpecialUseFile::to_text() const
{
    std::string text = std::string(comment) + '\n';
    for (const std::string& line : other_lines_)
        text += line + '\n';
    for (const auto& [use, folder] : folders_)
        text += std::string(attribute_of(use)) + ' ' + folder + '\n';
    return text;
}

Status SpecialUseFile::assign(int root_fd, const std::string& folder,
                              std::span<const SpecialUse> uses)
{
    if (uses.empty())
        return Done{};
    return change_file(root_fd, [&](SpecialUseFile& file) {
        for (const SpecialUse use : uses)
            file.set(use, folder);
        return true;
    });
}

Status SpecialUseFile::forget(int root_fd, const std::string& folder)
{
    return change_file(root_fd,
                       [&](SpecialUseFile& file) { return file.forget(folder); });
}

Status SpecialUseFile::rename(int root_fd, const std::string& from,
                              const std::string& to)
{
    return change_file(root_fd,
                       [&](SpecialUseFile& file) { return file.rename(from, to); });
}

} // namespace maildir
