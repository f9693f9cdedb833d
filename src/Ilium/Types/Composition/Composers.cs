using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Ilium.Types;

/// <summary>
/// Finds the composer for a CLR type known only at run time: any type where code can be generated, else those compiled ahead of time.
/// </summary>
internal sealed class Composers(bool dynamicCode)
{
    private const string NeverConstructed = "The struct constraint asks for a constructor, which is never called: the values come from typed codecs.";

    internal bool Dynamic => dynamicCode && RuntimeFeature.IsDynamicCodeSupported;

    internal SequenceComposer? Sequence(Type element)
    {
        if (dynamicCode && RuntimeFeature.IsDynamicCodeSupported)
        {
            return (SequenceComposer)Activator.CreateInstance(typeof(SequenceComposer<>).MakeGenericType(element))!;
        }

        return AheadOfTimeComposers.Sequence(element);
    }

    internal MapComposer? Map(Type key, Type value)
    {
        if (dynamicCode && RuntimeFeature.IsDynamicCodeSupported)
        {
            return (MapComposer)Activator.CreateInstance(typeof(MapComposer<,>).MakeGenericType(key, value))!;
        }

        return AheadOfTimeComposers.Map(key, value);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2071", Justification = NeverConstructed)]
    internal NullableComposer? Nullable(Type type)
    {
        if (dynamicCode && RuntimeFeature.IsDynamicCodeSupported)
        {
            return (NullableComposer)Activator.CreateInstance(typeof(NullableComposer<>).MakeGenericType(type))!;
        }

        return null;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = NeverConstructed)]
    internal TupleComposer? Tuple(Type[] elements)
    {
        if (dynamicCode && RuntimeFeature.IsDynamicCodeSupported)
        {
            return (TupleComposer)(elements.Length switch
            {
                1 => Activator.CreateInstance(typeof(TupleComposer<>).MakeGenericType(elements)),
                2 => Activator.CreateInstance(typeof(TupleComposer<,>).MakeGenericType(elements)),
                3 => Activator.CreateInstance(typeof(TupleComposer<,,>).MakeGenericType(elements)),
                4 => Activator.CreateInstance(typeof(TupleComposer<,,,>).MakeGenericType(elements)),
                5 => Activator.CreateInstance(typeof(TupleComposer<,,,,>).MakeGenericType(elements)),
                6 => Activator.CreateInstance(typeof(TupleComposer<,,,,,>).MakeGenericType(elements)),
                7 => Activator.CreateInstance(typeof(TupleComposer<,,,,,,>).MakeGenericType(elements)),
                _ => Activator.CreateInstance(typeof(TupleComposer<,,,,,,,>).MakeGenericType(elements)),
            })!;
        }

        return null;
    }
}
