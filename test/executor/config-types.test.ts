import { join } from 'node:path';
import { expect } from 'chai';
import ts = require('typescript');
import type Joi = require('joi');
import { ROOT } from '../support/child';

/** An object's keys, one per line: `pipeline.id: number | string`, `token?: string`; `*` if others are allowed. */
type Lines = string[];

const { plugins } = require('screwdriver-data-schema') as { plugins: { executor: Record<string, Joi.Schema> } };
const TYPES = { start: 'StartConfig', stop: 'StopConfig', verify: 'VerifyConfig', status: 'StatusConfig' };

/** The types follow validation: Joi accepts a numeric string as a number, and a string as a boolean or a date. */
const ACCEPTED: Record<string, string[]> = {
    number: ['number', 'string'],
    boolean: ['boolean', 'string'],
    date: ['Date', 'string'],
    string: ['string'],
    function: ['function']
};

function union(names: string[]): string {
    return [...new Set(names)].sort().join(' | ');
}

function nameOfSchema({ type, flags = {}, items, matches, allow = [] }: Record<string, any>): string {
    if (flags.only) return union(allow.map((value: unknown) => JSON.stringify(value)));
    if (type === 'alternatives') return union(matches.flatMap((match: any) => nameOfSchema(match.schema).split(' | ')));
    if (type === 'array') return `Array<${union(items.map(nameOfSchema))}>`;

    return union([...(ACCEPTED[type] ?? [type]), ...(allow.includes(null) ? ['null'] : [])]);
}

function linesOfSchema({ flags = {}, keys }: Record<string, any>, path = ''): Lines {
    const lines = flags.unknown ? [`${path}*`] : [];

    for (const [name, schema] of Object.entries(keys as Record<string, any>)) {
        const mark = schema.flags?.presence === 'required' ? '' : '?';

        lines.push(`${path}${name}${mark}: ${nameOfSchema(schema)}`);
        if (schema.keys) lines.push(...linesOfSchema(schema, `${path}${name}.`));
    }

    return lines.sort();
}

const program = ts.createProgram([join(ROOT, 'lib', 'config.ts')], { strict: true, noEmit: true });
const checker = program.getTypeChecker();
const source = program.getSourceFile(join(ROOT, 'lib', 'config.ts'))!;

/** Whether a type is an object of this file, whose keys are listed. */
function isOwn(type: ts.Type): boolean {
    return type.getProperties().length > 0 && type.symbol?.declarations?.[0]?.getSourceFile() === source;
}

function nameOfType(type: ts.Type): string {
    if (type.isUnion()) {
        const members = type.types.filter(member => !(member.flags & ts.TypeFlags.Undefined));

        return union(members.map(nameOfType));
    }
    if (type.flags & ts.TypeFlags.BooleanLiteral) return 'boolean';
    if (type.isStringLiteral()) return JSON.stringify(type.value);
    if (type.getCallSignatures().length > 0) return 'function';
    if (checker.isArrayType(type)) {
        return `Array<${nameOfType(checker.getTypeArguments(type as ts.TypeReference)[0]!)}>`;
    }

    return isOwn(type) || type.getStringIndexType() ? 'object' : checker.typeToString(type);
}

function linesOfType(type: ts.Type, path = ''): Lines {
    const lines = type.getStringIndexType() ? [`${path}*`] : [];

    for (const property of type.getProperties()) {
        const declared = checker.getTypeOfSymbol(property);
        const mark = property.flags & ts.SymbolFlags.Optional ? '?' : '';
        const inner = checker.getNonNullableType(declared);

        lines.push(`${path}${property.name}${mark}: ${nameOfType(declared)}`);
        if (isOwn(inner)) lines.push(...linesOfType(inner, `${path}${property.name}.`));
    }

    return lines.sort();
}

function typeNamed(name: string): ts.Type {
    const symbol = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).find(other => other.name === name);

    return checker.getDeclaredTypeOfSymbol(symbol!);
}

describe('the types of the configs', () => {
    it('cover every schema that data-schema has for executors', () => {
        expect(Object.keys(plugins.executor)).to.have.members(Object.keys(TYPES));
    });

    for (const [operation, name] of Object.entries(TYPES)) {
        it(`${name} has the keys of plugins.executor.${operation}, their types, and the same are required`, () => {
            const expected = linesOfSchema(plugins.executor[operation]!.describe());

            expect(expected).to.include.members(['*', 'buildId: number | string', 'provider.vpc.vpcId: string']);
            expect(linesOfType(typeNamed(name))).to.deep.equal(expected);
        });
    }

    it('allow undefined for an optional key, and for no other', () => {
        for (const name of [...Object.values(TYPES), 'Provider', 'PipelineConfig', 'TemplateConfig']) {
            for (const property of typeNamed(name).getProperties()) {
                const declaration = property.valueDeclaration as ts.PropertySignature;
                const allowsUndefined = declaration.type?.getText().includes('undefined') ?? false;

                expect(allowsUndefined, `${name}.${property.name}`).to.equal(!!declaration.questionToken);
            }
        }
    });

    it('explain each key in a docblock', () => {
        const undocumented: string[] = [];

        source.forEachChild(node => {
            if (!ts.isInterfaceDeclaration(node)) return;
            for (const member of node.members.filter(ts.isPropertySignature)) {
                const symbol = checker.getSymbolAtLocation(member.name)!;

                if (symbol.getDocumentationComment(checker).length === 0) {
                    undocumented.push(`${node.name.text}.${symbol.name}`);
                }
            }
        });
        expect(undocumented).to.deep.equal([]);
    });
});
