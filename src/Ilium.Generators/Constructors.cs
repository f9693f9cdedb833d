using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ilium.Generators;

/// <summary>Chooses how a mapped type is created: by its primary constructor, else the one without parameters, else the only one.</summary>
internal static class Constructors
{
    /// <summary>Null when there is no way; <paramref name="why"/> then says why not.</summary>
    internal static IMethodSymbol? Choose(INamedTypeSymbol type, out string why)
    {
        why = type switch
        {
            { IsStatic: true } => "it is static",
            { IsAbstract: true } => "it is abstract; mark the types that derive from it",
            { IsRefLikeType: true } => "a ref struct can't be",
            _ => "",
        };
        if (why.Length > 0)
        {
            return null;
        }

        // The generated code is inside of the type, so that even private ones will do. The copy constructor of a record is none of them.
        var all = type.InstanceConstructors
            .Where(one => !(type.IsRecord && one.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(one.Parameters[0].Type, type)))
            .ToArray();

        // Every struct has one without parameters: it counts where it is written down, or where there is no other way.
        var declared = all.Where(one => !(type.IsValueType && one.IsImplicitlyDeclared)).ToArray();
        var chosen = all.FirstOrDefault(IsPrimary)
            ?? declared.FirstOrDefault(one => one.Parameters.IsEmpty)
            ?? (declared.Length == 1 ? declared[0] : all.FirstOrDefault(one => one.Parameters.IsEmpty));
        why = chosen is null
            ? "it has several constructors; give it a primary constructor, or one without parameters"
            : chosen.Parameters.FirstOrDefault(parameter => parameter.RefKind is RefKind.Ref or RefKind.Out) is { } parameter
                ? $"the parameter '{parameter.Name}' of its constructor is passed by reference"
                : "";
        return why.Length == 0 ? chosen : null;
    }

    private static bool IsPrimary(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is TypeDeclarationSyntax);
}
