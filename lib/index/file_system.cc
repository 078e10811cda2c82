// SPDX-License-Identifier: ISC
#include "index/file_system.h"

#include <string>

#include <sys/vfs.h>

namespace indexing {

namespace {

struct Named {
    unsigned long magic;
    std::string_view name;
};

/// Magic numbers as statfs(2) lists them. The cluster file systems at the end have
/// a coherent cache on one machine, but another machine may have the file open.
constexpr Named unsuitable[] = {
    {0x6969, "NFS"},           {0x517b, "SMB"},        {0xff534d42, "CIFS"},
    {0xfe534d42, "SMB2"},      {0x65735546, "FUSE"},   {0x00c36400, "Ceph"},
    {0x5346414f, "AFS"},       {0x6b414653, "AFS"},    {0x01021997, "9P"},
    {0x73757245, "Coda"},      {0x564c, "NCP"},        {0x0bd00bd0, "Lustre"},
    {0x47504653, "GPFS"},      {0x01161970, "GFS2"},   {0x7461636f, "OCFS2"},
    {0x47524653, "GlusterFS"}, {0xaad7aaea, "PanFS"},  {0x19830326, "BeeGFS"},
    {0x786f4256, "vboxsf"},    {0xbacbacbc, "VMware"},
};

} // namespace

std::string_view unsuitable_file_system(unsigned long magic)
{
    for (const Named& system : unsuitable) {
        if (system.magic == magic)
            return system.name;
    }
    return {};
}

base::Status check_file_system(int directory, std::string_view path)
{
    struct statfs about = {};
    if (::fstatfs(directory, &about) != 0)
        return base::Error::from_errno("statfs", path);
    // The type is signed on some machines and must not grow ones at its top.
    const auto magic = static_cast<unsigned long>(about.f_type) & 0xffffffffUL;
    const std::string_view name = unsuitable_file_system(magic);
    if (name.empty())
        return base::Done{};
    std::string text(path);
    text += " is on a file system (";
    text += name;
    text += ") that the index cannot be kept on: set [index] directory to a place on a "
            "local disk";
    return base::Error{base::Errc::Unsupported, std::move(text)};
}

} // namespace indexing
