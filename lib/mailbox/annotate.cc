// SPDX-License-Identifier: ISC
/// \file
/// Annotations on disk, RFC 5464, and what folders are for, RFC 6154 §4.
#include "mailbox/store.h"

namespace mailbox {

using maildir::Metadata;

namespace {

base::Status change(const maildir::Folder& folder, const char* file_name,
                    const std::vector<Store::Annotation>& changes)
{
    const auto lock = folder.lock();
    if (!lock)
        return lock.error();
    auto metadata = Metadata::load(folder.fd(), file_name);
    if (!metadata)
        return metadata.error();
    for (const auto& [name, value] : changes) {
        if (auto done = metadata->set(name, value); !done)
            return done;
    }
    return metadata->save(folder.fd(), file_name);
}

} // namespace

base::Result<Metadata> Store::metadata(const std::string& name) const
{
    const auto folder = tree_.folder(name);
    if (!folder)
        return folder.error();
    return Metadata::load(folder->fd(), Metadata::folder_file);
}

base::Result<Metadata> Store::server_metadata() const
{
    return Metadata::load(tree_.fd(), Metadata::server_file);
}

base::Status Store::annotate(const std::string& name,
                             const std::vector<Annotation>& changes)
{
    const auto folder = tree_.folder(name);
    if (!folder)
        return folder.error();
    if (auto done = change(*folder, Metadata::folder_file, changes); !done)
        return done;
    // RFC 7162 §3.2: this counts as a change of the mailbox. An index that cannot be
    // written, or is not the current one any more, is made anew with a higher number.
    if (!index_) // it could not be made anew so far
        return base::Done{};
    static_cast<void>(index_->write([&](indexing::Write& write) {
        if (const auto record = write.folder("." + name))
            write.next_modseq(record->id);
    }));
    return base::Done{};
}

void Store::copy_annotations(const std::string& from, const std::string& to)
{
    const auto kept = metadata(from);
    if (!kept)
        return;
    const std::vector<Annotation> changes(kept->entries().begin(),
                                          kept->entries().end());
    if (const auto done = annotate(to, changes); !done)
        log_.warn("annotations", {{"error", done.error().text}});
}

base::Status Store::annotate_server(const std::vector<Annotation>& changes)
{
    const auto root = tree_.folder("");
    if (!root)
        return root.error();
    return change(*root, Metadata::server_file, changes);
}

base::Status Store::set_special_uses(const std::string& name,
                                     std::span<const SpecialUse> uses)
{
    const auto lock = lock_root();
    if (!lock)
        return lock.error();
    if (!tree_.exists(name))
        return base::Error{base::Errc::NotFound, "There is no such mailbox"};
    if (auto done = maildir::SpecialUseFile::forget(tree_.fd(), name); !done)
        return done;
    return maildir::SpecialUseFile::assign(tree_.fd(), name, uses);
}

} // namespace mailbox
