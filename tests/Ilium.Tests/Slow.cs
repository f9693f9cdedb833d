namespace Ilium.Tests;

/// <summary>Tests that take a second or more each, or must run alone: left out of the inner loop (CONTRIBUTING.md), always run by CI.</summary>
internal static class Slow
{
    internal const string Name = "Group";
    internal const string Value = "slow";
}
