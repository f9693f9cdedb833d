using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Ilium.Generators;

/// <summary>Finds the members of a type that stand for columns: what its constructor takes, and what can be set.</summary>
internal sealed class MemberFinder(INamedTypeSymbol type, Compilation compilation, bool isWritten, MemberFinder.Reporter report)
{
    private const string NameAttribute = "Ilium.CqlNameAttribute";
    private const string IgnoreAttribute = "Ilium.CqlIgnoreAttribute";

    private static readonly SymbolDisplayFormat TypeFormat = SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private readonly List<MemberModel> _found = [];
    private readonly Dictionary<string, string> _names = [];

    internal delegate void Reporter(ISymbol symbol, DiagnosticDescriptor rule, params string[] arguments);

    /// <summary>Whether using one of them is an error, as <c>[Obsolete]</c> can say.</summary>
    internal bool HasObsolete { get; private set; }

    internal List<MemberModel> Find(IMethodSymbol constructor)
    {
        var members = SettableMembers();
        var setsRequired = Has(constructor, "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute");
        foreach (var parameter in constructor.Parameters)
        {
            var same = members.FirstOrDefault(member => string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase));
            var isSetAgain = same is not null && IsRequired(same) && !setsRequired;
            if (same is not null && !(isSetAgain && !SymbolEqualityComparer.Default.Equals(TypeOf(same), parameter.Type)))
            {
                members.Remove(same);
            }

            AddParameter(parameter, same, isSetAgain ? MemberSetting.ArgumentAndInitializer : MemberSetting.Argument);
        }

        foreach (var member in members)
        {
            AddMember(member);
        }

        return _found;
    }

    /// <summary>Properties and fields of the type and its bases, the most derived of each name.</summary>
    private List<ISymbol> SettableMembers()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var members = new List<ISymbol>();
        for (var declaring = type; declaring is { SpecialType: SpecialType.None }; declaring = declaring.BaseType)
        {
            foreach (var member in declaring.GetMembers())
            {
                // Whatever has the name hides what a base class calls so, methods too, unless it can't be seen from here itself. What has [CqlName] and can't be seen is told of.
                if (member.CanBeReferencedByName
                    && (compilation.IsSymbolAccessibleWithin(member, type) || Has(member, NameAttribute))
                    && seen.Add(member.Name)
                    && member is IPropertySymbol { IsStatic: false } or IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false })
                {
                    members.Add(member);
                }
            }
        }

        return members;
    }

    private void AddParameter(IParameterSymbol parameter, ISymbol? same, MemberSetting setting)
    {
        var memberName = same?.Name ?? parameter.Name;
        if (Has(parameter, IgnoreAttribute) || (same is not null && Has(same, IgnoreAttribute)))
        {
            if (!parameter.HasExplicitDefaultValue)
            {
                report(parameter, Rules.NeededIgnored, parameter.Name, type.Name, "give the parameter a default value");
                return;
            }

            Add(parameter, memberName, name: null, parameter.Type, setting, isRequired: false, parameter, same);
            return;
        }

        var name = NameOf(parameter) ?? (same is null ? null : NameOf(same));
        Add(parameter, memberName, name ?? "", parameter.Type, setting, !parameter.HasExplicitDefaultValue, parameter, same, hasAnyName: name is null);
    }

    private void AddMember(ISymbol member)
    {
        var isRequired = IsRequired(member);
        var name = NameOf(member);
        if (Has(member, IgnoreAttribute))
        {
            if (isRequired)
            {
                report(member, Rules.NeededIgnored, member.Name, type.Name, "remove the modifier 'required'");
            }

            return;
        }

        if (!isRequired && name is null && member.DeclaredAccessibility != Accessibility.Public)
        {
            return;
        }

        if (!CanBeSet(member))
        {
            if (name is not null)
            {
                report(member, Rules.NotSettable, member.Name, type.Name);
            }

            return;
        }

        var setting = isRequired ? MemberSetting.Initializer
            : member is IPropertySymbol { SetMethod.IsInitOnly: true } ? MemberSetting.InitAccessor
            : MemberSetting.Assignment;

        // The accessor of a generic base can't be named from here: such a member is set in the initializer, always.
        if (setting == MemberSetting.InitAccessor && member.ContainingType.IsGenericType && !SymbolEqualityComparer.Default.Equals(member.ContainingType, type))
        {
            (setting, isRequired) = (MemberSetting.Initializer, true);
        }

        Add(member, member.Name, name ?? "", TypeOf(member), setting, isRequired, parameter: null, member, hasAnyName: name is null);
    }

    private bool CanBeSet(ISymbol member) => member switch
    {
        IPropertySymbol { IsIndexer: true } => false,
        IPropertySymbol { SetMethod: { } setter } => compilation.IsSymbolAccessibleWithin(setter, type),
        IFieldSymbol { IsReadOnly: false, IsConst: false, AssociatedSymbol: null } => compilation.IsSymbolAccessibleWithin(member, type),
        _ => false,
    };

    private bool CanBeRead(ISymbol? source, ITypeSymbol memberType) => source switch
    {
        IPropertySymbol { GetMethod: { } getter } => compilation.IsSymbolAccessibleWithin(getter, type),
        IFieldSymbol field => compilation.IsSymbolAccessibleWithin(field, type),
        _ => false,
    } && compilation.ClassifyCommonConversion(TypeOf(source!), memberType) is { Exists: true, IsImplicit: true };

    private static bool IsRequired(ISymbol member) => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };

    private static ITypeSymbol TypeOf(ISymbol member) => member is IPropertySymbol property ? property.Type : ((IFieldSymbol)member).Type;

    private void Add(
        ISymbol symbol, string member, string? name, ITypeSymbol memberType, MemberSetting setting, bool isRequired, IParameterSymbol? parameter, ISymbol? source,
        bool hasAnyName = false)
    {
        if (hasAnyName)
        {
            name = SnakeCase.Of(member);
        }
        else if (name is { } given && string.IsNullOrWhiteSpace(given))
        {
            report(symbol, Rules.EmptyName, member, type.Name);
            return;
        }

        if (IsUnsupported(memberType))
        {
            report(symbol, Rules.UnsupportedType, member, type.Name, memberType.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
            return;
        }

        if (isWritten && name is not null && !CanBeRead(source, memberType))
        {
            report(symbol, Rules.NotReadable, member, type.Name);
            return;
        }

        if (name is not null)
        {
            if (_names.TryGetValue(name, out var other))
            {
                report(symbol, Rules.SameName, other, member, type.Name, name);
                return;
            }

            _names.Add(name, member);
        }

        HasObsolete |= IsErrorToUse(symbol) || (source is not null && IsErrorToUse(source));
        var isNullableValue = memberType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        var fullType = memberType.ToDisplayString(TypeFormat);
        _found.Add(new MemberModel(
            member,
            name,
            fullType,
            isNullableValue ? ((INamedTypeSymbol)memberType).TypeArguments[0].ToDisplayString(TypeFormat) : fullType,
            isNullableValue,
            isRequired,
            isNullableValue || TakesNull(memberType),
            hasAnyName,
            setting,
            parameter is null ? DefaultValue.None : DefaultValue.Of(parameter, fullType),
            symbol.ContainingType?.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) ?? "",
            source?.Name));
    }

    // Where annotations are off, nothing says that null is not meant.
    private static bool TakesNull(ITypeSymbol memberType) => memberType switch
    {
        ITypeParameterSymbol parameter => parameter.NullableAnnotation == NullableAnnotation.Annotated
            || parameter is { HasValueTypeConstraint: false, HasNotNullConstraint: false, HasReferenceTypeConstraint: false, HasUnmanagedTypeConstraint: false },
        { IsReferenceType: true } => memberType.NullableAnnotation != NullableAnnotation.NotAnnotated,
        _ => false,
    };

    private static bool IsUnsupported(ITypeSymbol memberType) =>
        memberType is IPointerTypeSymbol or IFunctionPointerTypeSymbol or { TypeKind: TypeKind.Delegate } or { IsRefLikeType: true } or ITypeParameterSymbol { AllowsRefLikeType: true }
            || memberType.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr;

    private static bool IsErrorToUse(ISymbol member) =>
        Find(member, "System.ObsoleteAttribute") is { ConstructorArguments: { Length: 2 } arguments } && arguments[1].Value is true;

    internal static bool Has(ISymbol symbol, string attribute) => Find(symbol, attribute) is not null;

    private static string? NameOf(ISymbol symbol) =>
        Find(symbol, NameAttribute) is { ConstructorArguments.Length: 1 } attribute ? attribute.ConstructorArguments[0].Value as string ?? "" : null;

    internal static AttributeData? Find(ISymbol symbol, string attribute) =>
        symbol.GetAttributes().FirstOrDefault(one => one.AttributeClass?.ToDisplayString() == attribute);
}
