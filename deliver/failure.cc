// SPDX-License-Identifier: ISC
#include "deliver/failure.h"

namespace deliver {

Outcome failure(const base::Error& error, const config::Settings& settings)
{
    if (error.code == base::Errc::OverQuota && error.system_error == 0 &&
        settings.deliver.quota_full == config::QuotaFull::Bounce)
        return over_quota();
    return try_again(error);
}

} // namespace deliver
