#!/usr/bin/perl
# case_tables.pl - writes src/feel/case_tables.c from perl's own Unicode data:
#   perl tools/case_tables.pl > src/feel/case_tables.c && clang-format-14 -i src/feel/case_tables.c
use strict;
use warnings;
use feature 'unicode_strings';
use Unicode::UCD;
use Encode qw(encode);

# Splits the mapping into runs of one stride and one delta, and a list of those to several.
sub runs_of {
    my ($map) = @_;
    my (@single, @several);
    for my $code (0x80 .. 0x10FFFF) {
        next if $code >= 0xD800 && $code <= 0xDFFF;
        my $text = $map->(chr $code);
        next if $text eq chr $code;
        if (length($text) == 1) {
            push @single, [$code, ord($text) - $code];
        } else {
            push @several, [$code, $text];
        }
    }
    my @runs;
    for (my $i = 0; $i < @single;) {
        my ($count, $stride) = (1, 1);
        for my $step (1, 2) {
            my $n = 1;
            $n++ while $i + $n < @single && $single[$i + $n][1] == $single[$i][1]
                && $single[$i + $n][0] == $single[$i][0] + $step * $n;
            ($count, $stride) = ($n, $step) if $n > $count;
        }
        push @runs, [$single[$i][0], $count, $stride, $single[$i][1]];
        $i += $count;
    }
    return (\@runs, \@several);
}

sub print_table {
    my ($type, $name, @rows) = @_;
    print "const $type ${name}[] = {\n", (map { "    {$_},\n" } @rows), "};\n";
    print "const size_t ${name}_COUNT = sizeof $name / sizeof *$name;\n\n";
}

my ($upper, $upper_texts) = runs_of(sub { uc $_[0] });
my ($lower, $lower_texts) = runs_of(sub { lc $_[0] });
my $version = Unicode::UCD::UnicodeVersion();
print "/*\n * case_tables.c - Unicode $version case mappings beyond ASCII, as runs. Made by\n",
    " * tools/case_tables.pl.\n */\n#include \"feel/case_tables.h\"\n\n";
my $run_row = sub { sprintf '0x%04X, %d, %d, %d', @{$_[0]} };
my $text_row = sub {
    sprintf '0x%04X, "%s"', $_[0][0],
        join '', map { sprintf '\x%02x', ord } split //, encode('UTF-8', $_[0][1]);
};
print_table('CaseRun', 'CASE_UPPER', map { $run_row->($_) } @$upper);
print_table('CaseRun', 'CASE_LOWER', map { $run_row->($_) } @$lower);
print_table('CaseText', 'CASE_UPPER_TEXTS', map { $text_row->($_) } @$upper_texts);
print_table('CaseText', 'CASE_LOWER_TEXTS', map { $text_row->($_) } @$lower_texts);
