import { mount } from '../common/dom.js';
import './modeler.css';
import { model } from './modeler.js';

mount('.modeler[data-diagram]', model);
