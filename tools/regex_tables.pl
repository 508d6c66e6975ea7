#!/usr/bin/perl
# regex_tables.pl - writes src/feel/regex_tables.c from perl's own Unicode data: general categories,
# blocks and simple case orbits. Run it when the Unicode version is to move:
#   perl tools/regex_tables.pl > src/feel/regex_tables.c
use strict;
use warnings;
use Unicode::UCD qw(prop_invmap charblocks);

my @names = qw(Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs
    Co Cn);
my %number = map { $names[$_] => $_ } 0 .. $#names;

my ($starts, $values) = prop_invmap('General_Category');
my @categories;
for my $i (0 .. $#$starts) {
    last if $starts->[$i] > 0x10FFFF;
    push @categories, sprintf('0x%X', ($starts->[$i] << 5) | $number{$values->[$i]});
}

my $blocks = charblocks();
my @blocks;
for my $name (sort { $blocks->{$a}[0][0] <=> $blocks->{$b}[0][0] } keys %$blocks) {
    next if $name eq 'No_Block';
    (my $short = $name) =~ s/[ _]//g;
    push @blocks, sprintf('{"%s", 0x%X, 0x%X}', $short, @{ $blocks->{$name}[0] }[0, 1]);
}

# The orbit of a character: all characters that fold to the same one, in a ring.
my %same;
for my $code (0 .. 0x1E943) {
    next if $code >= 0xD800 && $code <= 0xDFFF;
    my $char = chr $code;
    my $fold = CORE::fc($char);
    push @{ $same{$fold} }, $code if length $fold == 1;
}
my %next;
for my $codes (values %same) {
    next if @$codes < 2;
    $next{ $codes->[$_] } = $codes->[ ($_ + 1) % @$codes ] for 0 .. $#$codes;
}
my @runs;    # start, count, stride, delta
for my $code (sort { $a <=> $b } keys %next) {
    my $delta = $next{$code} - $code;
    my $run = $runs[-1];
    if ($run && $run->[3] == $delta) {
        my $step = $code - ($run->[0] + ($run->[1] - 1) * $run->[2]);
        if ($run->[1] == 1 && $step <= 2) {
            @$run[ 1, 2 ] = (2, $step);
            next;
        }
        if ($step == $run->[2]) {
            $run->[1]++;
            next;
        }
    }
    push @runs, [ $code, 1, 1, $delta ];
}
my @orbits = map { sprintf '{0x%X, %d, %d, %d}', @$_ } @runs;

sub table {
    my ($per_line, @items) = @_;
    my $text = '';
    while (my @line = splice @items, 0, $per_line) {
        $text .= '    ' . join(', ', @line) . ",\n";
    }
    return $text;
}

my $version = Unicode::UCD::UnicodeVersion();
print <<"END";
/*
 * regex_tables.c - Unicode $version, written by tools/regex_tables.pl; not for hand editing.
 */
#include "feel/regex_tables.h"

/* clang-format off */
const uint32_t REGEX_CATEGORIES[] = {
@{[ table(8, @categories) ]}};
const size_t REGEX_CATEGORY_COUNT = sizeof REGEX_CATEGORIES / sizeof REGEX_CATEGORIES[0];

const RegexBlock REGEX_BLOCKS[] = {
@{[ table(1, @blocks) ]}};
const size_t REGEX_BLOCK_COUNT = sizeof REGEX_BLOCKS / sizeof REGEX_BLOCKS[0];

const RegexOrbit REGEX_ORBITS[] = {
@{[ table(4, @orbits) ]}};
const size_t REGEX_ORBIT_COUNT = sizeof REGEX_ORBITS / sizeof REGEX_ORBITS[0];
/* clang-format on */
END
