// SPDX-License-Identifier: ISC
#include "base/error.h"

#include <cerrno>
#include <set>
#include <string_view>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(error)

using base::Errc;
using base::Error;

BOOST_AUTO_TEST_CASE(says_call_object_and_reason)
{
    const Error error = Error::from_errno("open", "/x/y", EACCES);
    BOOST_TEST(error.text == "open /x/y: Permission denied");
    BOOST_TEST((error.code == Errc::NoPermission));
    BOOST_TEST(error.system_error == EACCES);
    BOOST_TEST(Error::from_errno("fork", {}, ENOMEM).text ==
               "fork: Cannot allocate memory");
}

BOOST_AUTO_TEST_CASE(tells_quota_from_a_full_disk)
{
    BOOST_TEST((base::code_of_errno(ENOENT) == Errc::NotFound));
    BOOST_TEST((base::code_of_errno(EEXIST) == Errc::Exists));
    BOOST_TEST((base::code_of_errno(ENOSPC) == Errc::NoSpace));
    BOOST_TEST((base::code_of_errno(EFBIG) == Errc::NoSpace));
    BOOST_TEST((base::code_of_errno(EDQUOT) == Errc::OverQuota));
    BOOST_TEST((base::code_of_errno(EROFS) == Errc::ReadOnly));
    BOOST_TEST((base::code_of_errno(EIO) == Errc::Io));
}

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own)
{
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(Errc::Internal); ++code)
        names.insert(base::name_of(static_cast<Errc>(code)));
    BOOST_TEST(names.size() == static_cast<std::size_t>(Errc::Internal) + 1);
}

BOOST_AUTO_TEST_SUITE_END()
