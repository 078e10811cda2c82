// SPDX-License-Identifier: ISC
#include "base/error.h"

#include <cstring>

namespace base {

Errc code_of_errno(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
    case ESTALE:
        return Errc::NotFound;
    case EEXIST:
    case ENOTEMPTY:
        return Errc::Exists;
    case ENOSPC:
    case EFBIG:
        return Errc::NoSpace;
    case EDQUOT:
        return Errc::OverQuota;
    case EACCES:
    case EPERM:
        return Errc::NoPermission;
    case EROFS:
        return Errc::ReadOnly;
    case EAGAIN:
    case EBUSY:
    case ETXTBSY:
        return Errc::Busy;
    case ENOSYS:
    case EOPNOTSUPP:
    case EXDEV:
        return Errc::Unsupported;
    case ENAMETOOLONG:
        return Errc::Cannot;
    case ETIMEDOUT:
        return Errc::Timeout;
    case EPIPE:
    case ECONNRESET:
    case ENOTCONN:
        return Errc::Gone;
    default:
        return Errc::Io;
    }
}

std::string_view name_of(Errc code)
{
    switch (code) {
    case Errc::Syntax:
        return "syntax";
    case Errc::Limit:
        return "limit";
    case Errc::NotFound:
        return "not-found";
    case Errc::Exists:
        return "exists";
    case Errc::NoSpace:
        return "no-space";
    case Errc::OverQuota:
        return "over-quota";
    case Errc::NoPermission:
        return "no-permission";
    case Errc::ReadOnly:
        return "read-only";
    case Errc::Busy:
        return "busy";
    case Errc::Corrupt:
        return "corrupt";
    case Errc::Unsupported:
        return "unsupported";
    case Errc::Cannot:
        return "cannot";
    case Errc::Refused:
        return "refused";
    case Errc::Timeout:
        return "timeout";
    case Errc::Gone:
        return "gone";
    case Errc::Io:
        return "io";
    case Errc::Internal:
        break;
    }
    return "internal";
}

Error Error::from_errno(std::string_view call, std::string_view object, int number)
{
    std::string text(call);
    if (!object.empty()) {
        text += ' ';
        text += object;
    }
    text += ": ";
    text += std::strerror(number);
    return {code_of_errno(number), std::move(text), number};
}

} // namespace base
