using CsCheck;

namespace Ilium.Tests.Types.Random;

internal static class Choice
{
    internal static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>The first of two so many times as often as the second.</summary>
    internal static Gen<T> Mostly<T>(int times, Gen<T> often, Gen<T> seldom) => Gen.Int[0, times].SelectMany(i => i == 0 ? seldom : often);

    internal static Gen<T> Between<T>(params Gen<T>[] generators) => Gen.OneOf<T>(Array.ConvertAll(generators, generator => (IGen<T>)generator));
}
