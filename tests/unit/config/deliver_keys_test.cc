// SPDX-License-Identifier: ISC
#include "config/key.h"

#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "config/refused_settings.h"

namespace {

using config::Extension;
using config::Settings;

} // namespace

BOOST_AUTO_TEST_SUITE(deliver_keys)

BOOST_AUTO_TEST_CASE(the_defaults_make_folders_for_options_but_not_for_addresses)
{
    const Settings::Deliver d;
    BOOST_TEST((d.extension == Extension::Existing));
    BOOST_TEST(d.delimiter == "+");
    BOOST_TEST(d.autocreate);
    BOOST_TEST(!d.autosubscribe);
}

BOOST_AUTO_TEST_CASE(reads_every_key)
{
    const auto s = Settings::parse("[deliver]\n"
                                   "extension = create\n"
                                   "extension-pattern = lists.* shop\n"
                                   "delimiter = +-\n"
                                   "autocreate = no\n"
                                   "autosubscribe = yes\n"
                                   "durability = relaxed\n"
                                   "quota-full = bounce\n"
                                   "quota-warning = 90\n"
                                   "quota-warning-command = /bin/warn\n"
                                   "duplicates = mark\n"
                                   "duplicate-rule = octets\n"
                                   "duplicate-window = 3d\n"
                                   "time-limit = 2m\n"
                                   "[lmtp]\n"
                                   "listen = 127.0.0.1:24 /run/avocet/lmtp\n"
                                   "user = local-part\n"
                                   "processes = 7\n"
                                   "size = 50M\n"
                                   "spool-directory = /var/spool\n"
                                   "[policy]\n"
                                   "refuse-types = application/x-dosexec, text/x-*\n"
                                   "quarantine-types = application/zip\n"
                                   "quarantine-folder = Held\n"
                                   "flag-types = image/*\n",
                                   "f");
    BOOST_REQUIRE(s.has_value());
    BOOST_TEST((s->deliver.extension == Extension::Create));
    BOOST_REQUIRE(s->deliver.extension_pattern.size() == 2U);
    BOOST_TEST(s->deliver.extension_pattern[0] == "lists.*");
    BOOST_TEST(s->deliver.delimiter == "+-");
    BOOST_TEST(!s->deliver.autocreate);
    BOOST_TEST(s->deliver.autosubscribe);
    BOOST_TEST((s->deliver.durability == config::DeliveryDurability::Relaxed));
    BOOST_TEST((s->deliver.quota_full == config::QuotaFull::Bounce));
    BOOST_TEST(s->deliver.quota_warning == 90U);
    BOOST_TEST(s->deliver.quota_warning_command == "/bin/warn");
    BOOST_TEST((s->deliver.duplicates == config::Duplicates::Mark));
    BOOST_TEST((s->deliver.duplicate_rule == config::DuplicateRule::Octets));
    BOOST_TEST(s->deliver.duplicate_window == 3 * 86400);
    BOOST_TEST(s->deliver.time_limit == 120);
    BOOST_REQUIRE(s->lmtp.listen.size() == 2U);
    BOOST_TEST(s->lmtp.listen[1] == "/run/avocet/lmtp");
    BOOST_TEST((s->lmtp.user == config::LmtpUser::LocalPart));
    BOOST_TEST(s->lmtp.processes == 7U);
    BOOST_TEST(s->lmtp.size == 50U << 20);
    BOOST_TEST(s->lmtp.spool_directory == "/var/spool");
    BOOST_REQUIRE(s->policy.refuse_types.size() == 2U);
    BOOST_TEST(s->policy.refuse_types[1] == "text/x-*");
    BOOST_TEST(s->policy.quarantine_types.size() == 1U);
    BOOST_TEST(s->policy.quarantine_folder == "Held");
    BOOST_TEST(s->policy.flag_types.size() == 1U);
    BOOST_TEST((Settings::parse(s->to_text(), "t").value() == *s));
}

const RefusedSettings refused[] = {
    {"[deliver]\nextension = maybe\n",
     "f:2: [deliver] extension: \"maybe\" is not known; write off, existing or create"},
    {"[deliver]\ndelimiter =\n", "f:2: [deliver] delimiter: \"\" cannot delimit"},
    {"[deliver]\ndelimiter = a\n", "f:2: [deliver] delimiter: \"a\" cannot delimit"},
    {"[deliver]\ndelimiter = @\n", "f:2: [deliver] delimiter: \"@\" cannot delimit"},
    {"[deliver]\nautocreate = 1\n",
     "f:2: [deliver] autocreate: \"1\" is not known; write yes or no"},
    {"[deliver]\ndurability = none\n",
     "f:2: [deliver] durability: \"none\" is not known; write strict or relaxed"},
    {"[deliver]\nquota-full = drop\n",
     "f:2: [deliver] quota-full: \"drop\" is not known; write defer or bounce"},
    {"[deliver]\nquota-warning = 101\n",
     "f:2: [deliver] quota-warning: \"101\" is too large"},
    {"[deliver]\nquota-warning-command = /bin/sh -c x\n",
     "f:2: [deliver] quota-warning-command: \"/bin/sh -c x\" is no program"},
    {"[deliver]\nduplicates = off\n",
     "f:2: [deliver] duplicates: \"off\" is not known; write deliver, drop or mark"},
    {"[deliver]\nduplicate-rule = id\n",
     "f:2: [deliver] duplicate-rule: \"id\" is not known; write message-id or octets"},
    {"[deliver]\nduplicate-window = 0\n",
     "f:2: [deliver] duplicate-window: \"0\" is too small"},
    {"[deliver]\ntime-limit = 0\n", "f:2: [deliver] time-limit: \"0\" is too small"},
    {"[deliver]\ntime-limit = 2d\n", "f:2: [deliver] time-limit: \"2d\" is too large"},
    {"[lmtp]\nlisten = lmtp\n", "f:2: [lmtp] listen: \"lmtp\" has no port"},
    {"[lmtp]\nuser = name\n", "f:2: [lmtp] user: \"name\" is not known"},
    {"[lmtp]\nprocesses = 0\n", "f:2: [lmtp] processes: \"0\" is too small"},
    {"[lmtp]\nsize = big\n", "f:2: [lmtp] size: \"big\" cannot be read"},
    {"[lmtp]\nspool-directory = tmp\n",
     "f:2: [lmtp] spool-directory: \"tmp\" is not absolute"},
    {"[policy]\nrefuse-types = exe\n",
     "f:2: [policy] refuse-types: \"exe\" is no type; write such as"},
    {"[policy]\nflag-types = a/b/c\n",
     "f:2: [policy] flag-types: \"a/b/c\" is no type"},
    {"[policy]\nquarantine-types = a/\n",
     "f:2: [policy] quarantine-types: \"a/\" is no type"},
    {"[policy]\nquarantine-folder =\n", "f:2: [policy] quarantine-folder: is empty"},
    {"[deliver]\nautosubscribe =\n", "f:2: [deliver] autosubscribe: \"\" is not known"},
};

BOOST_DATA_TEST_CASE(refuses_with_line_key_and_what_is_right, refused)
{
    sample.check();
}

BOOST_AUTO_TEST_SUITE_END()
