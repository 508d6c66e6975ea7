/* command_policy.h - `huanxin policy`: proves, lists, decides and simulates the policy tables. */
#ifndef HUANXIN_MAIN_COMMAND_POLICY_H
#define HUANXIN_MAIN_COMMAND_POLICY_H

/* argv[0] is "policy". Returns an exit code (base/status.h); a failed case is CONFLICT's. */
int command_policy(int argc, char **argv);

#endif
