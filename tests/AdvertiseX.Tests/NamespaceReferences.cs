using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace AdvertiseX.Tests;

/// <summary>
/// Which namespaces of an assembly use which, read from its metadata, attributes with it, and the instructions of its
/// methods (ECMA-335): names in source can hide behind aliases, partial qualification and inference, tokens cannot.
/// </summary>
internal sealed class NamespaceReferences : ISignatureTypeProvider<IEnumerable<string>, object?>
{
    private static readonly Dictionary<ushort, OpCode> Instructions = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (ushort)code.Value);

    private readonly MetadataReader _metadata;
    private readonly PEReader _image;
    private readonly Dictionary<(string From, string To), SortedSet<string>> _edges = [];

    private NamespaceReferences(PEReader image)
    {
        _image = image;
        _metadata = image.GetMetadataReader();
    }

    /// <summary>Pairs of namespaces with the types of the first that use the second.</summary>
    public static IReadOnlyDictionary<(string From, string To), SortedSet<string>> Of(Assembly assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly.Location));
        var references = new NamespaceReferences(image);
        foreach (var handle in references._metadata.TypeDefinitions)
            references.Visit(handle);
        return references._edges;
    }

    private void Visit(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        string from = NamespaceOf(handle),
            name = NameOf(handle);
        void Add(IEnumerable<string> used)
        {
            foreach (var to in used.Where(to => to != from && to.Length > 0))
            {
                if (!_edges.TryGetValue((from, to), out var users))
                    _edges.Add((from, to), users = []);
                users.Add(name);
            }
        }

        Add(Attributes(type.GetCustomAttributes()));
        Add(Of(type.BaseType));
        foreach (var face in type.GetInterfaceImplementations())
            Add(Of(_metadata.GetInterfaceImplementation(face).Interface));
        foreach (var property in type.GetProperties())
            Add(Attributes(_metadata.GetPropertyDefinition(property).GetCustomAttributes()));
        foreach (var field in type.GetFields().Select(_metadata.GetFieldDefinition))
            Add(field.DecodeSignature(this, null).Concat(Attributes(field.GetCustomAttributes())));
        foreach (var method in type.GetMethods().Select(_metadata.GetMethodDefinition))
        {
            Add(Of(method).Concat(Attributes(method.GetCustomAttributes())));
            foreach (var parameter in method.GetParameters())
                Add(Attributes(_metadata.GetParameter(parameter).GetCustomAttributes()));
        }
    }

    private IEnumerable<string> Attributes(CustomAttributeHandleCollection attributes) =>
        attributes.SelectMany(attribute => Of(_metadata.GetCustomAttribute(attribute).Constructor));

    private IEnumerable<string> Of(MethodDefinition method)
    {
        var signature = method.DecodeSignature(this, null);
        foreach (var used in signature.ParameterTypes.SelectMany(used => used).Concat(signature.ReturnType))
            yield return used;
        if (method.RelativeVirtualAddress == 0)
            yield break;
        var body = _image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            foreach (
                var used in _metadata
                    .GetStandaloneSignature(body.LocalSignature)
                    .DecodeLocalSignature(this, null)
                    .SelectMany(used => used)
            )
                yield return used;
        foreach (var token in Tokens(body.GetILBytes()!))
        foreach (var used in Of(token))
            yield return used;
    }

    private static IEnumerable<EntityHandle> Tokens(byte[] il)
    {
        for (var at = 0; at < il.Length; )
        {
            ushort value = il[at++];
            if (value == 0xFE)
                value = (ushort)(0xFE00 | il[at++]);
            var operand = Instructions[value].OperandType;
            if (
                operand
                is OperandType.InlineField
                    or OperandType.InlineMethod
                    or OperandType.InlineTok
                    or OperandType.InlineType
            )
                yield return MetadataTokens.EntityHandle(BitConverter.ToInt32(il, at));
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }
    }

    private IEnumerable<string> Of(EntityHandle handle)
    {
        if (handle.IsNil)
            return [];
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                return [NamespaceOf((TypeDefinitionHandle)handle)];
            case HandleKind.TypeReference:
                return [NamespaceOf((TypeReferenceHandle)handle)];
            case HandleKind.TypeSpecification:
                return _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
            case HandleKind.FieldDefinition:
                return Of(_metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
            case HandleKind.MethodDefinition:
                return Of(_metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
            case HandleKind.MemberReference:
                return Of(_metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
            case HandleKind.MethodSpecification:
                var method = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                return Of(method.Method).Concat(method.DecodeSignature(this, null).SelectMany(used => used));
            default:
                return [];
        }
    }

    private string NamespaceOf(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        return _metadata.GetString(type.Namespace);
    }

    private string NamespaceOf(TypeReferenceHandle handle)
    {
        var type = _metadata.GetTypeReference(handle);
        while (type.ResolutionScope.Kind == HandleKind.TypeReference)
            type = _metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        return _metadata.GetString(type.Namespace);
    }

    private string NameOf(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        return _metadata.GetString(type.Name);
    }

    public IEnumerable<string> GetTypeFromDefinition(
        MetadataReader reader,
        TypeDefinitionHandle handle,
        byte rawTypeKind
    ) => [NamespaceOf(handle)];

    public IEnumerable<string> GetTypeFromReference(
        MetadataReader reader,
        TypeReferenceHandle handle,
        byte rawTypeKind
    ) => [NamespaceOf(handle)];

    public IEnumerable<string> GetTypeFromSpecification(
        MetadataReader reader,
        object? context,
        TypeSpecificationHandle handle,
        byte rawTypeKind
    ) => reader.GetTypeSpecification(handle).DecodeSignature(this, context);

    public IEnumerable<string> GetGenericInstantiation(
        IEnumerable<string> type,
        System.Collections.Immutable.ImmutableArray<IEnumerable<string>> arguments
    ) => type.Concat(arguments.SelectMany(used => used));

    public IEnumerable<string> GetFunctionPointerType(MethodSignature<IEnumerable<string>> signature) =>
        signature.ReturnType.Concat(signature.ParameterTypes.SelectMany(used => used));

    public IEnumerable<string> GetModifiedType(
        IEnumerable<string> modifier,
        IEnumerable<string> type,
        bool isRequired
    ) => type;

    public IEnumerable<string> GetArrayType(IEnumerable<string> element, ArrayShape shape) => element;

    public IEnumerable<string> GetByReferenceType(IEnumerable<string> element) => element;

    public IEnumerable<string> GetPinnedType(IEnumerable<string> element) => element;

    public IEnumerable<string> GetPointerType(IEnumerable<string> element) => element;

    public IEnumerable<string> GetSZArrayType(IEnumerable<string> element) => element;

    public IEnumerable<string> GetPrimitiveType(PrimitiveTypeCode code) => [];

    public IEnumerable<string> GetGenericMethodParameter(object? context, int index) => [];

    public IEnumerable<string> GetGenericTypeParameter(object? context, int index) => [];
}
