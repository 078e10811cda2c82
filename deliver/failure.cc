// SPDX-License-Identifier: ISC
#include "deliver/failure.h"

namespace deliver {

Outcome failure(const base::Error& error, const config::Settings& settings)
{
    if (error.code == base::Errc::OverQuota && error.system_error == 0 &&
        settings.deliver.quota_full == config::QuotaFull::Bounce)
        return over_quota();
    // Only a step of a Placement that means it gives these without an errno.
    if (error.code == base::Errc::Refused && error.system_error == 0)
        return refused(error.text);
    if (error.code == base::Errc::Syntax && error.system_error == 0)
        return not_mail();
    return try_again(error);
}

} // namespace deliver
